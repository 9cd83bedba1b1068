package mail

import "strings"

// word is an encoded word (RFC 2047 §2).
type word struct {
	charset string
	base64  bool
	text    string
	joined  bool // continues the base64 of the word before it
}

// decodeWords replaces the encoded words of s by what they say. White space
// between words vanishes; words of one charset that follow each other are read
// as one text, since senders split characters. Tolerated: words inside other
// text or quotes, spaces and line breaks inside words, a wrong charset. With
// quote, a decoded word that holds specials of an address list is quoted.
func decodeWords(s string, quote bool) (string, FaultKind) {
	d := wordDecoder{quote: quote, last: strings.LastIndex(s, "?=")}
	d.out.Grow(len(s))
	for at := 0; ; {
		i := strings.Index(s[at:], "=?")
		if i < 0 {
			d.literal(s[at:])
			break
		}
		i += at
		w, end, ok := wordAt(s, i, d.last)
		if !ok {
			d.literal(s[at : i+2])
			at = i + 2
			continue
		}
		if blank := strings.Trim(s[at:i], " \t") == ""; !blank || len(d.run) == 0 {
			d.literal(s[at:i])
		}
		d.word(w)
		at = end
	}
	return d.out.String(), d.fault
}

// wordAt reads the encoded word at s[i:], which starts with "=?". Nothing after
// last ends a word.
func wordAt(s string, i, last int) (w word, end int, ok bool) {
	const longestCharset = 80
	rest := s[i+2:]
	q := strings.IndexByte(rest[:min(len(rest), longestCharset)], '?')
	if q <= 0 || len(rest) < q+3 || rest[q+2] != '?' || strings.ContainsAny(rest[:q], " \t\"<>@") {
		return w, 0, false
	}
	switch rest[q+1] | 0x20 {
	case 'b':
		w.base64 = true
	case 'q':
	default:
		return w, 0, false
	}
	w.charset, _, _ = strings.Cut(rest[:q], "*") // RFC 2231 §5: language
	start := i + 2 + q + 3
	for j := start; j <= last; j++ {
		switch {
		case s[j] == '?' && s[j+1] == '=':
			w.text = s[start:j]
			return w, j + 2, true
		case s[j] == '=' && s[j+1] == '?' && (j+2 == len(s) || s[j+2] != '='):
			return w, 0, false // another word starts: this one has no end
		}
	}
	return w, 0, false
}

// wordDecoder collects runs of words and writes them out.
type wordDecoder struct {
	out    strings.Builder
	run    []word
	quote  bool
	quoted bool // inside a quoted string
	last   int
	digits int // base64 digits since the last word that was not joined
	fault  FaultKind
}

func (d *wordDecoder) literal(s string) {
	d.flush()
	d.out.WriteString(s)
	if !d.quote {
		return
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && d.quoted:
			i++
		case s[i] == '"':
			d.quoted = !d.quoted
		}
	}
}

// word adds w to the run. Some senders cut base64 anywhere, so that a word ends
// in the middle of a group.
func (d *wordDecoder) word(w word) {
	if n := len(d.run); n > 0 {
		p := d.run[n-1]
		if !strings.EqualFold(p.charset, w.charset) {
			d.flush()
		} else {
			w.joined = p.base64 && w.base64 && d.digits%4 != 0 && !strings.HasSuffix(p.text, "=")
		}
	}
	if !w.joined {
		d.digits = 0
	}
	d.digits += len(w.text)
	d.run = append(d.run, w)
}

// flush writes the run, decoded as a whole or, if that is not clean, word by
// word.
func (d *wordDecoder) flush() {
	if len(d.run) == 0 {
		return
	}
	var whole []byte
	for i := 0; i < len(d.run); {
		n := joinedRun(d.run[i:])
		whole = append(whole, d.bytes(d.run[i:i+n])...)
		i += n
	}
	text, _, kind := DecodeText(whole, d.run[0].charset)
	if kind == BadCharset && len(d.run) > 1 {
		if apart, ok := d.apart(); ok {
			text, kind = apart, Relabelled
		}
	}
	d.fault = worst(d.fault, kind)
	d.write(text)
	d.run = d.run[:0]
}

func (d *wordDecoder) apart() (string, bool) {
	var b strings.Builder
	for i := 0; i < len(d.run); {
		n := joinedRun(d.run[i:])
		text, _, kind := DecodeText(d.bytes(d.run[i:i+n]), d.run[i].charset)
		if kind == BadCharset {
			return "", false
		}
		b.WriteString(text)
		i += n
	}
	return b.String(), true
}

// joinedRun is how many words at the start of run share one base64 text.
func joinedRun(run []word) int {
	n := 1
	for n < len(run) && run[n].joined {
		n++
	}
	return n
}

// bytes is what the joined words stand for before their charset.
func (d *wordDecoder) bytes(joined []word) []byte {
	w := joined[0]
	if w.base64 {
		var text []byte
		for _, w := range joined {
			text = append(text, w.text...)
		}
		b, ok := decodeBase64(text)
		if !ok {
			d.fault = worst(d.fault, BadEncoding)
		}
		return b
	}
	b := make([]byte, 0, len(w.text))
	for i := 0; i < len(w.text); i++ {
		c := w.text[i]
		if c == '_' {
			c = ' '
		} else if v, ok := hexByte(w.text[i+1:]); c == '=' && ok {
			c = v
			i += 2
		}
		b = append(b, c)
	}
	return b
}

// write puts decoded text out; line breaks in it would break the field.
func (d *wordDecoder) write(s string) {
	if strings.ContainsAny(s, "\r\n") {
		s = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ").Replace(s)
	}
	if d.quote && strings.ContainsAny(s, `,;:<>@"()[]\`) {
		s = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
		if !d.quoted {
			s = `"` + s + `"`
		}
	}
	d.out.WriteString(s)
}

// worst is the one of two charset faults that matters more.
func worst(a, b FaultKind) FaultKind {
	rank := func(k FaultKind) int {
		switch k {
		case BadCharset:
			return 3
		case BadEncoding:
			return 2
		case Relabelled, BadHeader:
			return 1
		case UnknownEncoding, BadStructure, OverLimit:
		}
		return 0
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}
