package corpus

import (
	"cmp"
	"slices"
	"time"
)

// batch is a list that is sent row by row and whose columns do not fit together:
// row i gets the data of another row.
type batch struct {
	cast    func(s *Story, n int) []*Customer // nil: declared
	slip    slip                              // nil: one of all
	letter  letter
	truth   Truth // of a mail to somebody else than it is about
	rows    int   // 0: 20
	every   time.Duration
	part    int  // percent of the rows, one after the other, that have slipped; 0: all
	mixed   bool // right mails of the same sort come in between
	workers bool // several send, so that mails come up to three places late
}

// slip says of each of n rows whose data it gets.
type slip func(s *Story, n int) []int

// letter writes a mail for one about another, without its recipients.
type letter func(s *Story, to, about *Customer) Draft

// whole is a mail that is about the other from its first word.
func whole(p paper) letter { return func(s *Story, _, about *Customer) Draft { return p(s, about) } }

// tell sends the batch.
func (b batch) tell(s *Story) {
	n := cmp.Or(b.rows, 20)
	cast := b.cast
	if cast == nil {
		cast = declared
	}
	all := cast(s, n)
	of := b.slipped(s, n)
	for _, i := range b.order(s, n) {
		b.send(s, all[i], all[of[i]])
		if b.mixed && s.chance(50) {
			c := s.member(all...)
			b.send(s, c, c)
		}
		s.wait(b.every)
	}
}

func (b batch) send(s *Story, to, about *Customer) {
	s.mailAs(b.truth, to, about, func(s *Story, about *Customer) Draft { return b.letter(s, to, about) })
}

// slipped says of each row whose data it gets, where only a part has slipped.
func (b batch) slipped(s *Story, n int) []int {
	move := b.slip
	if move == nil {
		move = one(s, by(1), by(-1), filtered, reversed, shuffled, pairs)
	}
	of := make([]int, n)
	for i := range of {
		of[i] = i
	}
	size := n
	if b.part > 0 {
		size = n * b.part / 100
	}
	first := s.rng.IntN(n - size + 1)
	for i, k := range move(s, size) {
		of[first+i] = first + k
	}
	return of
}

// order is that in which the rows are sent.
func (b batch) order(s *Story, n int) []int {
	rows, due := make([]int, n), make([]int, n)
	for i := range rows {
		rows[i], due[i] = i, i
		if b.workers {
			due[i] += s.rng.IntN(4)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(due[a], due[b]) })
	return rows
}

// somehow tells the batch with an arrangement drawn for the story: few rows or
// many, at once or slowly, one sender or several, all slipped or a part.
func (b batch) somehow(s *Story) {
	b.rows = one(s, 11, 20, 20, 40, 60)
	b.every = one(s, 0, 0, 0, time.Minute, 10*time.Minute)
	if b.rows > 20 {
		b.part = one(s, 0, 0, 60)
	}
	b.mixed, b.workers = s.chance(30), s.chance(30)
	b.tell(s)
}

// by moves the data by k rows, in a circle.
func by(k int) slip {
	return func(_ *Story, n int) []int { return each(n, func(i int) int { return ((i+k)%n + n) % n }) }
}

// filtered moves the data by as many rows as a filter has hidden.
func filtered(s *Story, n int) []int { return by(2+s.rng.IntN(max(n/2-1, 1)))(s, n) }

// reversed is one column sorted the other way.
func reversed(_ *Story, n int) []int { return each(n, func(i int) int { return n - 1 - i }) }

// shuffled is one column sorted by something else.
func shuffled(s *Story, n int) []int { return s.rng.Perm(n) }

// pairs swaps each two neighbours.
func pairs(_ *Story, n int) []int { return each(n, func(i int) int { return min(i^1, n-1) }) }

// firstOfTen gives everybody of a chunk of ten the data of its first.
func firstOfTen(_ *Story, n int) []int { return each(n, func(i int) int { return i - i%10 }) }

// fromHere gives everybody after some mails the data of the one before.
func fromHere(_ *Story, n int) []int {
	return each(n, func(i int) int {
		if i < 5 {
			return i
		}
		return i - 1
	})
}

// oneOfFour is four workers in turn, one of which gets the answers to the
// questions it asked before.
func oneOfFour(_ *Story, n int) []int {
	return each(n, func(i int) int {
		if i < 8 || i%4 != 2 {
			return i
		}
		return i - 4
	})
}

func each(n int, of func(i int) int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = of(i)
	}
	return all
}
