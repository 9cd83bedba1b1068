package extract

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"github.com/kakitome/kakitome/internal/mail"
)

// pack writes an archive of name, content, name, content …
func pack(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: files[i], Method: zip.Deflate, NonUTF8: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func cp932(t testing.TB, s string) string {
	t.Helper()
	out, err := japanese.ShiftJIS.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// readZip reads data as an attachment a.zip and returns its lines after the name.
func readZip(data string, lim Limits) string {
	units := Read(&mail.Message{Root: attached("application/octet-stream", "a.zip", data)}, lim)
	return strings.TrimPrefix(show(units), "body\nattachment a.zip\n  file name: a.zip\n")
}

func TestZip(t *testing.T) {
	t.Parallel()
	table := "氏名,電話\n山田太郎,090-1234-5678\n"
	plain := pack(t, "b.csv", table)
	encrypted := []byte(plain)
	for _, signature := range []string{"PK\x03\x04", "PK\x01\x02"} {
		at := bytes.Index(encrypted, []byte(signature)) + map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8}[signature]
		encrypted[at] |= 1
	}
	squeezed := []byte(plain)
	binary.LittleEndian.PutUint16(squeezed[bytes.Index(squeezed, []byte("PK\x01\x02"))+10:], 99)
	nested := pack(t, "l2.zip", pack(t, "l3.zip", pack(t, "l4.zip", pack(t, "x.txt", "深い"), "x.txt", "浅い")))
	zeros := strings.Repeat("0", 3<<20)
	for _, c := range []struct {
		name, data string
		lim        Limits
		want       []string
	}{
		{"a table", plain, Limits{}, []string{
			"zip a.zip file name: b.csv", "zip a.zip/b.csv line 1: 氏名,電話|山田太郎,090-1234-5678|",
		}},
		{"cp932 names and content", pack(t, cp932(t, "表/注文一覧.csv"), cp932(t, "山田太郎,東京都千代田区丸の内")), Limits{}, []string{
			"zip a.zip file name: 表/注文一覧.csv", "zip a.zip/注文一覧.csv line 1: 山田太郎,東京都千代田区丸の内",
		}},
		{"names in no charset", pack(t, "\xff\xfe.txt", "x"), Limits{}, []string{
			"zip a.zip file name: \uFFFD.txt", "zip a.zip/?.txt line 1: x", "unread zip a.zip (): file name in no known charset",
		}},
		{"encrypted", string(encrypted), Limits{}, []string{"zip a.zip file name: b.csv", "unread zip a.zip/b.csv (): encrypted"}},
		{"other compression", string(squeezed), Limits{}, []string{"zip a.zip file name: b.csv", "unread zip a.zip/b.csv (): unknown compression"}},
		{"nested", nested, Limits{}, []string{
			"zip a.zip file name: l2.zip", "zip a.zip/l2.zip file name: l3.zip", "zip a.zip/l2.zip/l3.zip file name: l4.zip",
			"zip a.zip/l2.zip/l3.zip file name: x.txt", "zip a.zip/l2.zip/l3.zip/x.txt line 1: 浅い",
			"unread zip a.zip/l2.zip/l3.zip/l4.zip (application/zip): nested too deep",
		}},
		{"ratio", pack(t, "z.txt", zeros), Limits{}, []string{
			"zip a.zip file name: z.txt", "unread zip a.zip/z.txt (): unpacks to far more than its size",
		}},
		{"total", pack(t, "a.txt", "aaaaaaaa", "b.txt", "bbbbbbbb"), Limits{Unpacked: 10}, []string{
			"zip a.zip file name: a.txt", "zip a.zip/a.txt line 1: aaaaaaaa",
			"zip a.zip file name: b.txt", "unread zip a.zip/b.txt (): unpacks to more than may be read",
		}},
		{"count", pack(t, "a", "a", "b", "b", "c", "c"), Limits{Entries: 2}, []string{"unread zip a.zip (application/zip): too many files in archives"}},
		{"count over archives", pack(t, "a.zip", pack(t, "b", "b"), "c", "c"), Limits{Entries: 2}, []string{
			"zip a.zip file name: a.zip", "zip a.zip/a.zip file name: b", "zip a.zip/a.zip/b line 1: b",
			"unread zip a.zip (application/zip): too many files in archives",
		}},
		{"office", pack(t, "[Content_Types].xml", "<x/>", "word/document.xml", "<t>山田</t>"), Limits{}, []string{
			"attachment a.zip/document.xml line 1: 山田", "unread attachment a.zip (application/vnd.openxmlformats-officedocument): format not read",
		}},
		{"hidden before", "山田太郎" + plain, Limits{}, []string{
			"zip a.zip file name: b.csv", "zip a.zip/b.csv line 1: 氏名,電話|山田太郎,090-1234-5678|",
			"unread zip a.zip (application/zip): bytes in archive that belong to no file",
		}},
		{"broken", plain[:len(plain)-10], Limits{}, []string{"unread zip a.zip (application/zip): broken archive"}},
		{"image", pack(t, "a.png", "\x89PNG\r\n\x1a\nx"), Limits{}, []string{"zip a.zip file name: a.png", "unread zip a.zip/a.png (image/png): image"}},
		{"empty", pack(t), Limits{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := ""
			for _, w := range c.want {
				want += "  " + w + "\n"
			}
			if got := readZip(c.data, c.lim); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// TestZipOverlap makes two directory entries share one file, the trick of
// bombs that pass the ratio.
func TestZipOverlap(t *testing.T) {
	t.Parallel()
	one := []byte(pack(t, "a.txt", "山田"))
	start, end := bytes.Index(one, []byte("PK\x01\x02")), bytes.Index(one, []byte("PK\x05\x06"))
	two := append(append([]byte{}, one[:end]...), one[start:end]...)
	tail := append([]byte{}, one[end:]...)
	binary.LittleEndian.PutUint16(tail[8:], 2)
	binary.LittleEndian.PutUint16(tail[10:], 2)
	binary.LittleEndian.PutUint32(tail[12:], uint32(2*(end-start))) //nolint:gosec // small
	got := readZip(string(append(two, tail...)), Limits{})
	if !strings.Contains(got, "unread zip a.zip (application/zip): overlapping files in archive") {
		t.Error(got)
	}
}

func TestZipOfManyBombs(t *testing.T) {
	t.Parallel()
	files := make([]string, 0, 40)
	for i := range 20 {
		files = append(files, strconv.Itoa(i), strings.Repeat("0123456789", 100_000))
	}
	units := Read(&mail.Message{Root: attached("application/zip", "a.zip", pack(t, files...))}, Limits{Unpacked: 5_500_000})
	size := 0
	for _, r := range units[1].Runs {
		size += len(r.Text)
	}
	if size > 5_600_000 || len(units[1].Unread) != 15 {
		t.Errorf("read %d bytes, %d unread", size, len(units[1].Unread))
	}
}

func TestEntryName(t *testing.T) {
	t.Parallel()
	field := append([]byte{0x75, 0x70, 11, 0, 1, 0, 0, 0, 0}, "山田"...)
	if got := entryName(&zip.File{FileHeader: zip.FileHeader{Name: "old", Extra: field}}); got != "山田" {
		t.Errorf("name = %q", got)
	}
	for _, extra := range [][]byte{nil, {1}, {0x75, 0x70, 255, 255}, field[:8]} {
		if got := entryName(&zip.File{FileHeader: zip.FileHeader{Name: "old", Extra: extra}}); got != "old" {
			t.Errorf("name with extra %v = %q", extra, got)
		}
	}
}
