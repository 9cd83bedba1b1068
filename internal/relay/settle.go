package relay

// settleAll records results, as many together as there are.
func (r *Runner) settleAll() {
	for batch := range r.done {
		for more := true; more && len(batch) < settleBatch; {
			select {
			case next := <-r.done: // nil when closed
				batch = append(batch, next...)
				more = next != nil
			default:
				more = false
			}
		}
		r.settle(batch)
	}
}

// settle records results, trying until it succeeds or Stop runs out of
// patience.
func (r *Runner) settle(batch []Result) {
	defer r.setStuck(false)
	for pause := settlePause; ; pause = min(2*pause, settleMax) {
		err := r.q.Settle(r.storing, batch)
		if err == nil {
			break
		}
		r.setStuck(true)
		r.Counts.SettleErrors.Add(1)
		r.o.Log.Error("results not recorded, trying again", "results", len(batch), "err", err)
		if await(r.storing, nil, pause) != nil {
			r.Counts.Unsettled.Add(int64(len(batch)))
			return
		}
	}
	for _, res := range batch {
		r.letGo(res.Delivery)
	}
}
