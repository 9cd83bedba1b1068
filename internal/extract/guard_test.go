package extract

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestReaderFails puts readers in that panic on a file, wherever it stands: that
// file is unread, all others are read, and nothing of the panic is quoted.
func TestReaderFails(t *testing.T) {
	t.Parallel()
	var none []byte
	for _, c := range []struct {
		name   string
		panics func(data []byte)
		remark string
	}{
		{"bounds", func(data []byte) { _ = data[len(data)+2] }, "the reader failed: runtime error: index out of range [8] with length 6"},
		{"nil", func([]byte) { none[0] = 1 }, "the reader failed: runtime error: index out of range [0] with length 0"},
		{"said", func(data []byte) { panic("bad input " + string(data)) }, "the reader failed"},
		{"error", func(data []byte) { panic(errors.New(string(data))) }, "the reader failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newReader(Limits{})
			r.open = func(r *reader, u *unit, f content, depth int) {
				if strings.HasPrefix(string(f.data), "山田") {
					c.panics(f.data)
				}
				r.openForm(u, f, depth)
			}
			root := multi("mixed", leaf("text/plain", "本文"), attached("text/csv", "a.csv", "山田"),
				attached("application/zip", "b.zip", pack(t, "c.csv", "山田", "d.csv", "佐藤")), attached("text/csv", "e.csv", "鈴木"))
			r.message(messageOf(root), r.add(Body, "", ""), 0)
			units := r.done()
			check(t, units,
				"body", "  text/plain line 1: 本文",
				"attachment a.csv", "  file name: a.csv", "  unread attachment a.csv (text/csv): the reader failed",
				"attachment b.zip", "  file name: b.zip", "  zip b.zip file name: c.csv", "  zip b.zip file name: d.csv",
				"  zip b.zip/d.csv line 1: 佐藤", "  unread zip b.zip/c.csv (): the reader failed",
				"attachment e.csv", "  file name: e.csv", "  attachment e.csv line 1: 鈴木",
			)
			if got := units[1].Remarks; !slices.Equal(got, []string{"attachment a.csv: " + c.remark}) {
				t.Errorf("remarks = %q", got)
			}
		})
	}
}

// TestWork counts a file again in each file it is in.
func TestWork(t *testing.T) {
	t.Parallel()
	inner := strings.Repeat("山", 100)
	data := pack(t, "a.txt", inner)
	p := multi("mixed", attached("application/zip", "a.zip", data), attached("text/csv", "b.csv", "山田"))
	for _, c := range []struct {
		work int
		want []string
	}{
		{len(data) + len(inner) + 6, []string{
			"body", "attachment a.zip", "  file name: a.zip", "  zip a.zip file name: a.txt", "  zip a.zip/a.txt line 1: " + inner,
			"attachment b.csv", "  file name: b.csv", "  attachment b.csv line 1: 山田",
		}},
		{len(data) + len(inner) + 5, []string{
			"body", "attachment a.zip", "  file name: a.zip", "  zip a.zip file name: a.txt", "  zip a.zip/a.txt line 1: " + inner,
			"attachment b.csv", "  file name: b.csv", "  unread attachment b.csv (text/csv): more bytes than may be read",
		}},
		{len(data) + len(inner) - 1, []string{
			"body", "attachment a.zip", "  file name: a.zip", "  zip a.zip file name: a.txt",
			"  unread zip a.zip/a.txt (): more bytes than may be read",
			"attachment b.csv", "  file name: b.csv", "  attachment b.csv line 1: 山田",
		}},
	} {
		check(t, Read(messageOf(p), Limits{Work: c.work}), c.want...)
	}
}
