package extract

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/mail"
)

// hostile are files made to cost as much as they can, of about size bytes. Their
// figures stand in docs/ops/limits.md:
//
//	go test -run '^$' -bench Hostile/name -benchtime 1x ./internal/extract/
func hostile(t testing.TB, size int) map[string]func() *mail.Part {
	t.Helper()
	fill := func(start, repeat string) string {
		return start + strings.Repeat(repeat, max(0, size-len(start))/len(repeat))
	}
	named := func(mediaType, name, data string) *mail.Part { return attached(mediaType, name, data) }
	const tnefHead = "\x78\x9f\x3e\x22\x01\x00"
	property := "\x1f\x00\x37\x00\x01\x00\x00\x00\x02\x00\x00\x00A\x00\x00\x00"
	count := string(binary.LittleEndian.AppendUint32(nil, uint32(size/len(property)))) //nolint:gosec // small
	unpacked := min(4*size, 64<<20)
	return map[string]func() *mail.Part{
		"text, no spaces":   func() *mail.Part { return named("text/plain", "a.txt", fill("", "あ")) },
		"text, links":       func() *mail.Part { return named("text/plain", "a.txt", fill("", "\nhttps://a.example/?%41")) },
		"html, tags":        func() *mail.Part { return named("text/html", "a.html", fill("", "<a b='%41'>")) },
		"html, comments":    func() *mail.Part { return named("text/html", "a.html", fill("", "<!--<a")) },
		"json, escapes":     func() *mail.Part { return named("application/json", "a.json", fill("", `\ud842\udfb7`)) },
		"card, lines":       func() *mail.Part { return named("text/vcard", "a.vcf", fill("", "N:a;b\n")) },
		"card, pictures":    func() *mail.Part { return named("text/vcard", "a.vcf", fill("", "A;BASE64:AAAA\n")) },
		"card, one picture": func() *mail.Part { return named("text/vcard", "a.vcf", fill("PHOTO;BASE64:", "AAAA")) },
		"rtf, groups": func() *mail.Part {
			return named("application/rtf", "a.rtf", fill(`{\rtf1 `, strings.Repeat("{", 900)+strings.Repeat("}", 900)))
		},
		"rtf, bytes": func() *mail.Part { return named("application/rtf", "a.rtf", fill(`{\rtf1\ansicpg932 `, `\'8e\'52`)) },
		"rtf, fonts": func() *mail.Part {
			return named("application/rtf", "a.rtf", fill(`{\rtf1\ansicpg932{\fonttbl{\f1\fcharset128}{\f2\fcharset134}}`, `\f1\'8eR\f2\'8eR`))
		},
		"rtf, asides": func() *mail.Part { return named("application/rtf", "a.rtf", fill(`{\rtf1 `, `{\*\x a}`)) },
		"rtf, html": func() *mail.Part {
			return named("application/rtf", "a.rtf", fill(`{\rtf1\fromhtml1 `, `{\*\htmltag <a b='%41'>}`))
		},
		"winmail, properties": func() *mail.Part {
			return named("application/ms-tnef", "winmail.dat", tnefHead+tnefAttribute(1, 0x69003, count+strings.Repeat(property, size/len(property))))
		},
		"winmail, attributes": func() *mail.Part {
			return named("application/ms-tnef", "winmail.dat", fill(tnefHead, tnefAttribute(1, 0x18004, "a")))
		},
		"winmail, files": func() *mail.Part {
			return named("application/ms-tnef", "winmail.dat", fill(tnefHead, tnefAttribute(2, 0x69002, "")))
		},
		"winmail, rtf bomb": func() *mail.Part {
			return named("application/ms-tnef", "winmail.dat", tnefHead+tnefAttribute(1, 0x69003, "\x01\x00\x00\x00"+rtfBomb(size)))
		},
		"smime, indefinite": func() *mail.Part { return named("application/pkcs7-mime", "smime.p7m", fill("", "\x30\x80")) },
		"smime, pieces":     func() *mail.Part { return named("application/pkcs7-mime", "smime.p7m", wrapSignedPieces(size)) },
		"uuencode, files":   func() *mail.Part { return named("text/plain", "a.txt", fill("", "begin 644 a\n#86%A\nend\n")) },
		"mbox, mails":       func() *mail.Part { return named("application/mbox", "a.mbox", fill("", "From a\nTo: a\nFrom: b\n\n")) },
		"mail, parts": func() *mail.Part {
			return named("application/octet-stream", "a.eml", fill("Content-Type: multipart/mixed; boundary=b\r\nTo: a\r\nFrom: b\r\n\r\n", "--b\r\n\r\na\r\n"))
		},
		"gzip, bomb": func() *mail.Part { return named("application/gzip", "a.gz", deflated(t, unpacked)) },
		"gzip, members": func() *mail.Part {
			return named("application/gzip", "a.gz", fill("", gzipHead+"\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00"))
		},
		"tar, files": func() *mail.Part {
			return named("application/x-tar", "a.tar", strings.Repeat(tarred(t, "a", "b")[:1024], size/1024))
		},
		"zip, bomb": func() *mail.Part {
			return named("application/zip", "a.zip", pack(t, "a.txt", strings.Repeat("0", unpacked)))
		},
		"zip, many small bombs": func() *mail.Part {
			return named("application/zip", "a.zip", manyFiles(t, 64, strings.Repeat("あ", unpacked/64/3)))
		},
		"zip, many html bombs": func() *mail.Part {
			return named("application/zip", "a.zip", manyFiles(t, 64, strings.Repeat("<a b='%41'>", unpacked/64/11)))
		},
		"zip, nested three times": func() *mail.Part {
			return named("application/zip", "a.zip", pack(t, "b.zip", pack(t, "c.zip", manyFiles(t, 64, strings.Repeat("<!--<a", unpacked/64/6)))))
		},
		"zip, ten thousand entries": func() *mail.Part { return named("application/zip", "a.zip", manyFiles(t, 10_000, "a")) },
		"data links, nested":        func() *mail.Part { return named("text/html", "a.html", nestedLinks(size)) },
	}
}

const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

func deflated(t testing.TB, size int) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(gzipHead)
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	sum := crc32.NewIEEE()
	chunk := []byte(strings.Repeat("0123456789abcdef<a b='", 50_000))
	for n := 0; n < size; n += len(chunk) {
		if _, err := io.MultiWriter(w, sum).Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	tail := binary.LittleEndian.AppendUint32(nil, sum.Sum32())
	return b.String() + string(tail) + "\x00\x00\x00\x00"
}

func manyFiles(t testing.TB, n int, data string) string {
	t.Helper()
	files := make([]string, 0, 2*n)
	for i := range n {
		files = append(files, fmt.Sprintf("%d.html", i), data)
	}
	return pack(t, files...)
}

// rtfBomb is the property of a compressed body whose every two bytes are
// seventeen.
func rtfBomb(size int) string {
	group := "\xfea" + strings.Repeat("\x10\x7f", 7) // from byte 263 on, where writing never stands then: that would be the end
	body := strings.Repeat(group, min(size/len(group), 60<<20/120))
	var b []byte
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)+12))          //nolint:gosec // small
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)/15*(1+7*17))) //nolint:gosec // small
	b = append(b, "LZFu"...)
	b = binary.LittleEndian.AppendUint32(b, ^crc32.Update(^uint32(0), crc32.IEEETable, []byte(body)))
	b = append(b, body...)
	head := binary.LittleEndian.AppendUint32([]byte("\x02\x01\x09\x10\x01\x00\x00\x00"), uint32(len(b))) //nolint:gosec // small
	return string(head) + string(b) + strings.Repeat("\x00", (4-len(b)%4)%4)
}

// wrapSignedPieces wraps a content in pieces of a byte.
func wrapSignedPieces(size int) string {
	const pkcs7 = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
	return "\x30\x80" + pkcs7 + "\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" + pkcs7 + "\x01\xa0\x80\x24\x80" +
		strings.Repeat("\x04\x01a", size/3) + strings.Repeat("\x00\x00", 3) + "\x31\x00" + strings.Repeat("\x00\x00", 3)
}

// nestedLinks is HTML within a link within a link.
func nestedLinks(size int) string {
	html := strings.Repeat("<a b='%41'>", size/3/11)
	for range 2 {
		html = `<a href="data:text/html;base64,` + base64.StdEncoding.EncodeToString([]byte(html)) + `">`
	}
	return html
}

// TestHostile reads each at a size that is quick to read: something is said of
// it, bounds are kept, no reader fails.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, build := range hostile(t, 128<<10) {
		units := Read(messageOf(build()), Limits{})
		checkBounds(t, units, Limits{}.withDefaults())
		if said := len(units[len(units)-1].Runs) + len(units[len(units)-1].Unread) + len(units[0].Unread); said == 0 {
			t.Errorf("%s: nothing said", name)
		}
	}
}

// BenchmarkHostile reads files as large as a mail of 50 MiB can hold, and tells
// the time of a processor that took, collecting garbage included, and the
// highest resident memory of the process: run one name at a time.
func BenchmarkHostile(b *testing.B) {
	for name, build := range hostile(b, 36<<20) {
		b.Run(name, func(b *testing.B) {
			p := build()
			before := processor(b)
			for b.Loop() {
				Read(messageOf(p), Limits{})
			}
			b.ReportMetric((processor(b)-before).Seconds()/float64(b.N), "cpu-s")
			b.ReportMetric(highest(b), "peak-MB")
		})
	}
}

// processor is the time of a processor this process took so far.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Skip(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// highest is the highest resident memory of this process so far, in MB.
func highest(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kb float64
	if _, err := fmt.Sscan(after, &kb); err != nil {
		b.Skip(err)
	}
	return kb / 1000
}
