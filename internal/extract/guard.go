package extract

import (
	"io"
	"runtime"
)

// content reads one file into u, or says there why not. depth counts the files
// it is inside of.
//
// It is the one border between the gateway and the readers of formats: all that
// is read passes here, is counted here, and a reader that panics on a file it
// did not expect makes that file unread, not the gateway stop. What no border
// could catch, an endless loop or memory without bound, each reader excludes by
// budgets.
func (r *reader) content(u *unit, c content, depth int) {
	defer func() {
		if fault := recover(); fault != nil {
			u.failed(c, fault)
		}
	}()
	if !r.spend(len(c.data)) {
		u.unread(c.where, c.mediaType, whyWork)
		return
	}
	r.open(r, u, c, depth)
}

// spend tells whether n more bytes of files may be read, and counts them.
func (r *reader) spend(n int) bool {
	if n > r.lim.Work-r.work {
		return false
	}
	r.work += n
	return true
}

// failed lists a file whose reader panicked. The remark is for who mends the
// reader; of the panic it has only what the runtime says, which names types and
// numbers and never quotes content.
func (u *unit) failed(c content, fault any) {
	u.unread(c.where, c.mediaType, whyFailed)
	said := "the reader failed"
	if err, ok := fault.(runtime.Error); ok {
		said += ": " + err.Error()
	}
	u.Remarks = append(u.Remarks, u.prefix+c.where+": "+said)
}

// inflate reads to the end what packed bytes of a file unpack to, or says why
// not. It never keeps more than the limits allow, whatever sizes the file states.
func (r *reader) inflate(in io.Reader, packed int) (data []byte, why string) {
	room := r.lim.Unpacked - r.unpacked
	most, whyMost := room, whyUnpacked
	if packed < room/r.lim.Ratio {
		if byRatio := max(packed*r.lim.Ratio, smallFile); byRatio < room {
			most, whyMost = byRatio, whyRatio
		}
	}
	data, err := io.ReadAll(io.LimitReader(in, int64(most)+1))
	r.unpacked += min(len(data), room)
	switch {
	case len(data) > most:
		return nil, whyMost
	case err != nil:
		return nil, whyBroken
	}
	return data, ""
}

// smallFile is the unpacked size below which no ratio is suspicious: a table of
// zeros packs a thousandfold.
const smallFile = 1 << 20
