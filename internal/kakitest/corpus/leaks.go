package corpus

import "slices"

// leaks are the ways mail goes wrong.
var leaks = slices.Concat(manys, slips, slipsOfName, attachs, lists, visibles, states, audiences, addresses, responses)
