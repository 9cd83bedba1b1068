package fault

import "net/http"

// Wire is how a kind is said in each protocol.
type Wire struct {
	Name     string // in JSON
	SMTP     int    // reply code, RFC 5321 §4.2.3
	Enhanced [3]int // enhanced status code, RFC 3463
	HTTP     int
}

// Wire gives the answers of a kind. The answers to DATA are those of the
// interface: 451 4.3.0, 550 5.6.11, 552 5.3.4, 554 5.6.0.
func (k Kind) Wire() Wire {
	switch k {
	case Invalid:
		return Wire{"invalid", 550, [3]int{5, 5, 4}, http.StatusUnprocessableEntity}
	case NotFound:
		return Wire{"not_found", 550, [3]int{5, 1, 1}, http.StatusNotFound}
	case Conflict:
		return Wire{"conflict", 451, [3]int{4, 3, 0}, http.StatusConflict}
	case Unauthorized:
		return Wire{"unauthorized", 535, [3]int{5, 7, 8}, http.StatusUnauthorized}
	case Denied:
		return Wire{"denied", 550, [3]int{5, 7, 1}, http.StatusForbidden}
	case TooLarge:
		return Wire{"too_large", 552, [3]int{5, 3, 4}, http.StatusRequestEntityTooLarge}
	case Malformed:
		return Wire{"malformed", 550, [3]int{5, 6, 11}, http.StatusBadRequest}
	case Structure:
		return Wire{"structure", 554, [3]int{5, 6, 0}, http.StatusBadRequest}
	case Unavailable:
		return Wire{"unavailable", 451, [3]int{4, 3, 0}, http.StatusServiceUnavailable}
	case Busy:
		return Wire{"busy", 451, [3]int{4, 3, 2}, http.StatusTooManyRequests}
	case Internal:
	}
	return Wire{"internal", 451, [3]int{4, 3, 0}, http.StatusInternalServerError}
}

func (k Kind) String() string { return k.Wire().Name }

// KindNamed is the kind with that name, Internal for an unknown one.
func KindNamed(name string) Kind {
	for k := Internal; k <= Busy; k++ {
		if k.String() == name {
			return k
		}
	}
	return Internal
}
