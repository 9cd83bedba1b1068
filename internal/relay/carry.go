package relay

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// carry is one worker.
func (r *Runner) carry() {
	for {
		select {
		case <-r.quit:
			return
		default:
		}
		select {
		case job := <-r.hot:
			r.mu.Lock()
			r.hotBytes -= job.size()
			r.mu.Unlock()
			r.send(job)
		case job := <-r.work:
			r.send(job)
		case <-r.quit:
			return
		}
	}
}

// send sends one job, never longer than its lease: afterwards another node may
// send it.
func (r *Runner) send(job Job) {
	ctx, cancel := r.sending, context.CancelFunc(func() {})
	if !job.Lease.IsZero() {
		ctx, cancel = context.WithTimeout(ctx, job.Lease.Sub(r.o.Now())-leaseMargin)
	}
	defer cancel()
	data := [][]byte{job.Prefix, job.Data}
	started := false
	out, err := r.s.Send(ctx, job.Envelope, data, func() error {
		err := r.q.MayStart(job)
		started = err == nil
		return err
	})
	if started && job.Lost {
		r.Counts.Repeated.Add(1)
	}
	if err == nil {
		r.done <- r.results(job, out)
		return
	}
	r.untouched(job, err)
}

// untouched gives a job back that was not sent, and leaves the queue alone for
// a while. What waited for an unreachable relay too long is given up.
func (r *Runner) untouched(job Job, err error) {
	now := r.o.Now()
	var down *Unreachable
	if !errors.As(err, &down) {
		r.pause(now.Add(refusalPause))
		r.release(job)
		return
	}
	r.pause(down.Until)
	if Expired(job.FirstAt, now) {
		r.done <- r.results(job, noAnswer.all(len(job.Deliveries)))
		return
	}
	r.release(job)
}

// noAnswer is the fate of what expires while the relay is unreachable.
var noAnswer = verdict{enhanced: "4.4.1", text: "the relay could not be reached"}

func (r *Runner) release(jobs ...Job) {
	if len(jobs) == 0 {
		return
	}
	if err := r.q.Release(r.storing, jobs); err != nil {
		r.o.Log.Warn("jobs not given back; their lease will end", "jobs", len(jobs), "err", err)
	}
	r.Counts.Released.Add(int64(len(jobs)))
	for _, job := range jobs {
		r.letGo(job.Deliveries...)
	}
}

// results makes results of outcomes, with the time of the next try.
func (r *Runner) results(job Job, out []Outcome) []Result {
	now := r.o.Now()
	progress, uncertain := false, false
	for _, o := range out {
		progress = progress || o.Status == Relayed
		uncertain = uncertain || o.Uncertain
	}
	if uncertain {
		r.Counts.Uncertain.Add(1)
	}
	results := make([]Result, 0, len(out))
	for _, o := range out {
		if o.Status == Deferred && Expired(job.FirstAt, now) {
			o.Status = Failed
			o.Enhanced = cmp.Or(o.Enhanced, "4.4.7") // RFC 3463 §3.5: delivery time expired
		}
		res := Result{Delivery: job.Deliveries[o.Recipient], Job: job.ID, Outcome: o, At: now, Final: o.Status != Deferred}
		if !res.Final {
			res.NextTry = r.next(job, o, progress, now)
		}
		r.count(o)
		results = append(results, res)
	}
	return results
}

// next is when to try again. A 452 beside recipients that were taken is the
// relay's limit per mail: the rest may come at once (RFC 5321 §4.5.3.1.10).
func (r *Runner) next(job Job, o Outcome, progress bool, now time.Time) time.Time {
	if progress && o.Code == 452 && (o.Enhanced == "" || o.Enhanced == "4.5.3") {
		return now
	}
	return now.Add(NextTry(job.Attempt+1, r.o.Jitter()))
}

func (r *Runner) count(o Outcome) {
	switch o.Status {
	case Relayed:
		r.Counts.Relayed.Add(1)
	case Deferred:
		r.Counts.Deferred.Add(1)
	case Failed:
		r.Counts.Failed.Add(1)
	}
}
