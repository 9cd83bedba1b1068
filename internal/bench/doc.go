// Package bench measures Kakitome: the roster and its scan alone, and the whole
// gateway beside the bare wire and beside Postfix, all in one run on one
// machine.
//
// It keeps true that a figure is worth something: every mail that was handed in
// has arrived, once, and none was held, or there is no figure; the paths take
// turns, so that a disturbance meets all of them; beside each figure stands how
// busy other programs kept the machine. Everything is started in a temporary
// directory, on loopback, with fictitious people, and stopped afterwards.
package bench
