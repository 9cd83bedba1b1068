// Package notice is the door for everybody: announcements, "is this mail
// yours?", "was I affected?", the confirmation of a deletion, reports,
// questions, the privacy notice. Plain pages without script, cookie or
// tracking, in Japanese and English.
//
// It keeps true that nobody learns here whether somebody else is a customer or
// was affected: the self-check looks nothing up before it has answered, its
// answer is the same bytes for every input, and answers that depend on a record
// leave at fixed ticks after the request came. What was published stays readable
// at its address, with its digest; pages are rendered when the board changes and
// served from memory.
//
// It holds no state that outlives it. What it shows and what it hears goes
// through the Desk.
package notice
