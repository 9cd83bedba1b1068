package relay

import (
	"time"
)

// fetch claims jobs for the workers.
func (r *Runner) fetch() {
	for {
		more := false
		if r.paused() == 0 {
			jobs, err := r.q.Claim(r.storing, r.o.Workers)
			if err != nil {
				r.o.Log.Warn("queue does not answer", "err", err)
			}
			more = r.feed(jobs) && err == nil && len(jobs) == r.o.Workers
		}
		if !more && !r.awaitWork() || r.quitting() {
			return
		}
	}
}

// feed hands claimed jobs to workers; false when it had to give some back.
func (r *Runner) feed(jobs []Job) bool {
	jobs = r.ours(jobs)
	for i, job := range jobs {
		if r.paused() > 0 || !r.give(job) {
			r.release(jobs[i:]...)
			return false
		}
	}
	return true
}

// ours are the jobs that may be sent. Others are no proper jobs, or their
// result is still on its way to the queue: their lease will end.
func (r *Runner) ours(jobs []Job) []Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ours []Job
	for _, job := range jobs {
		if r.hold(job) {
			ours = append(ours, job)
		}
	}
	return ours
}

func (r *Runner) give(job Job) bool {
	select {
	case r.work <- job:
		return true
	case <-r.quit:
		return false
	}
}

// awaitWork returns when the queue should be asked again, false at the end.
func (r *Runner) awaitWork() bool {
	wake, wait := r.q.Wake(), r.o.Poll
	if rest := r.paused(); rest > 0 {
		wake, wait = nil, rest
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-wake:
	case <-t.C:
	case <-r.quit:
		return false
	}
	return true
}

func (r *Runner) quitting() bool {
	select {
	case <-r.quit:
		return true
	default:
		return false
	}
}
