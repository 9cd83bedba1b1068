package extract

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"strings"
	"testing"
)

const (
	tableLine = "line 1: 氏名,電話|佐藤花子,090-1111-2201|"
	tableText = "氏名,電話\n佐藤花子,090-1111-2201\n"
)

// TestArchives reads what other programs wrote.
func TestArchives(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("長", 60) + ".csv"
	for _, c := range []struct {
		file, name string
		want       []string // A stands for the place
	}{
		{"zip-utf8.zip", "a.zip", []string{"zip A file name: 佐藤花子.csv", "zip A/佐藤花子.csv " + tableLine}},
		{"zip-encrypted.zip", "a.zip", []string{"zip A file name: 佐藤花子.csv", "unread zip A/佐藤花子.csv (): encrypted"}},
		{"zip-bzip2.zip", "a.zip", []string{"zip A file name: a.csv", "zip A/a.csv " + tableLine}},
		{"zip-lzma.zip", "a.zip", []string{"zip A file name: a.csv", "unread zip A/a.csv (): unknown compression"}},
		{"a.csv.bz2", "a.csv.bz2", []string{"attachment A/a.csv " + tableLine}},
		{"named.csv.gz", "b.csv.gz", []string{"attachment A file name: 佐藤花子.csv", "attachment A/佐藤花子.csv " + tableLine}},
		{"pax.tar.gz", "a.tgz", []string{"attachment A/a.tar file name: 注文/" + long, "attachment A/a.tar owner: hanako", "attachment A/a.tar/" + long + " " + tableLine}},
		{"gnu.tar.gz", "a.tar.gz", []string{"attachment A/a.tar file name: 注文/" + long, "attachment A/a.tar owner: hanako", "attachment A/a.tar/" + long + " " + tableLine}},
		{"ustar.tar.gz", "a.tar.gz", []string{"attachment A/a.tar file name: 注文/長長長長長長長長長長.csv", "attachment A/a.tar owner: hanako", "attachment A/a.tar/長長長長長長長長長長.csv " + tableLine}},
	} {
		want := []string{"body", "attachment " + c.name, "  file name: " + c.name}
		for _, w := range c.want {
			want = append(want, "  "+strings.ReplaceAll(w, "A", c.name))
		}
		check(t, read(attached("application/octet-stream", c.name, file(t, c.file))), want...)
	}
}

func gzipped(t testing.TB, data string, head gzip.Header) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Header = head
	if _, err := w.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tarred(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestArchivesHostile(t *testing.T) {
	t.Parallel()
	one := gzipped(t, "山田,", gzip.Header{Name: "a.csv", Comment: "taro@example.jp", Extra: []byte("K-1")})
	tape := tarred(t, "a.csv", "山田", "b.csv", "佐藤")
	link := tarred(t, "x", "")
	deep := "山田"
	for range 4 {
		deep = gzipped(t, deep, gzip.Header{})
	}
	const g = "attachment a.gz"
	for _, c := range []struct {
		name, data string
		lim        Limits
		want       []string
	}{
		{"members", one + gzipped(t, "太郎", gzip.Header{}), Limits{}, []string{
			g + " file name: a.csv", g + " comment: taro@example.jp", g + " comment: K-1", g + "/a.csv line 1: 山田,太郎",
		}},
		{"padding", gzipped(t, "山田", gzip.Header{}) + "\x00\x00", Limits{}, []string{g + "/a line 1: 山田"}},
		{"more after it", gzipped(t, "山田", gzip.Header{}) + "佐藤", Limits{}, []string{g + "/a line 1: 山田", "unread " + g + " (application/gzip): data after the end of the file"}},
		{"cut off", one[:len(one)-4], Limits{}, []string{"unread " + g + " (application/gzip): broken archive"}},
		{"no head", one[:9], Limits{}, []string{"unread " + g + " (application/gzip): broken archive"}},
		{"bomb", gzipped(t, strings.Repeat("0", 3<<20), gzip.Header{}), Limits{}, []string{"unread " + g + " (application/gzip): unpacks to far more than its size"}},
		{"too much", gzipped(t, "山田太郎", gzip.Header{}), Limits{Unpacked: 10}, []string{"unread " + g + " (application/gzip): unpacks to more than may be read"}},
		{"too many members", strings.Repeat(gzipped(t, "", gzip.Header{}), 3), Limits{Entries: 2}, []string{"unread " + g + " (application/gzip): too many files in archives"}},
		{"too deep", deep, Limits{}, []string{"unread " + g + "/a/a/a (application/gzip): nested too deep"}},
		{"tar", tape, Limits{}, []string{g + " file name: a.csv", g + "/a.csv line 1: 山田", g + " file name: b.csv", g + "/b.csv line 1: 佐藤"}},
		{"tar, too many", tape, Limits{Entries: 1}, []string{g + " file name: a.csv", g + "/a.csv line 1: 山田", "unread " + g + " (application/x-tar): too many files in archives"}},
		{"tar, too much", tape, Limits{Unpacked: 10}, []string{
			g + " file name: a.csv", g + "/a.csv line 1: 山田", g + " file name: b.csv", "unread " + g + "/b.csv (): unpacks to more than may be read",
		}},
		{"tar, more after it", tape + "佐藤", Limits{}, []string{
			g + " file name: a.csv", g + "/a.csv line 1: 山田", g + " file name: b.csv", g + "/b.csv line 1: 佐藤", "unread " + g + " (application/x-tar): data after the end of the file",
		}},
		{"tar, cut off", tape[:1030], Limits{}, []string{g + " file name: a.csv", g + "/a.csv line 1: 山田", "unread " + g + " (application/x-tar): broken archive"}},
		{"tar, empty entry", link, Limits{}, []string{g + " file name: x"}},
		{"bzip2, broken", file(t, "a.csv.bz2") + "x", Limits{}, []string{"unread " + g + " (application/x-bzip2): broken archive"}},
		{"bzip2, too deep", gzipped(t, gzipped(t, gzipped(t, file(t, "a.csv.bz2"), gzip.Header{}), gzip.Header{}), gzip.Header{}), Limits{}, []string{"unread " + g + "/a/a/a (application/x-bzip2): nested too deep"}},
		{"7z", "7z\xbc\xaf\x27\x1c", Limits{}, []string{"unread " + g + " (application/x-7z-compressed): format not read"}},
		{"rar", "Rar!\x1a\x07\x01\x00", Limits{}, []string{"unread " + g + " (application/vnd.rar): format not read"}},
		{"cab", "MSCF\x00\x00\x00\x00", Limits{}, []string{"unread " + g + " (application/vnd.ms-cab-compressed): format not read"}},
		{"lzh", "\x1b\x2a-lh7-..", Limits{}, []string{"unread " + g + " (application/x-lzh-compressed): format not read"}},
		{"xz", "\xfd7zXZ\x00", Limits{}, []string{"unread " + g + " (application/x-xz): format not read"}},
	} {
		want := []string{"body", "attachment a.gz", "  file name: a.gz"}
		for _, w := range c.want {
			want = append(want, "  "+w)
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			check(t, Read(messageOf(attached("application/octet-stream", "a.gz", c.data)), c.lim), want...)
		})
	}
}

// TestZipNames: every name that some program shows is read.
func TestZipNames(t *testing.T) {
	t.Parallel()
	unicodePath := func(name string) string {
		return "\x75\x70" + string([]byte{byte(len(name) + 5), 0}) + "\x01\x00\x00\x00\x00" + name
	}
	withExtra := func(name, extra string) string { // the field in the directory
		data := pack(t, name, "x")
		at := strings.LastIndex(data, "PK\x01\x02")
		end := strings.LastIndex(data, "PK\x05\x06")
		head := []byte(data[at : at+46])
		binary.LittleEndian.PutUint16(head[30:], uint16(len(extra))) //nolint:gosec // small
		tail := []byte(data[end:])
		binary.LittleEndian.PutUint32(tail[12:], uint32(end-at+len(extra))) //nolint:gosec // small
		return data[:at] + string(head) + name + extra + data[at+46+len(name):end] + string(tail)
	}
	renamed := []byte(pack(t, "yamada", "x"))
	copy(renamed[30:], "tanaka") // the entry says another name than the directory
	aes := []byte(pack(t, "山田.csv", "x"))
	aes[6] |= 1
	at := bytes.Index(aes, []byte("PK\x01\x02"))
	aes[at+8] |= 1
	binary.LittleEndian.PutUint16(aes[at+10:], 99)
	for _, c := range []struct {
		name, data string
		want       []string
	}{
		{"unicode path", withExtra(cp932(t, "山田.csv"), unicodePath("山田.csv")), []string{"zip a.zip file name: 山田.csv", "zip a.zip/山田.csv line 1: x"}},
		{"another unicode path", withExtra("tanaka.csv", unicodePath("山田.csv")), []string{
			"zip a.zip file name: tanaka.csv", "zip a.zip file name: 山田.csv", "zip a.zip/山田.csv line 1: x",
		}},
		{"another name at the entry", string(renamed), []string{"zip a.zip file name: tanaka", "zip a.zip file name: yamada", "zip a.zip/yamada line 1: x"}},
		{"half-width kana or UTF-8", pack(t, cp932(t, "ﾃｽ.txt"), "x"), []string{"zip a.zip file name: ý.txt", "zip a.zip file name: ﾃｽ.txt", "zip a.zip/ý.txt line 1: x"}},
		{"mixed", pack(t, cp932(t, "表/山田.csv"), "x", "佐藤.csv", "y"), []string{
			"zip a.zip file name: 表/山田.csv", "zip a.zip/山田.csv line 1: x", "zip a.zip file name: 佐藤.csv", "zip a.zip/佐藤.csv line 1: y",
		}},
		{"AES", string(aes), []string{"zip a.zip file name: 山田.csv", "unread zip a.zip/山田.csv (): encrypted"}},
		{"nested", pack(t, cp932(t, "顧客.zip"), pack(t, cp932(t, "佐藤花子.txt"), "x")), []string{
			"zip a.zip file name: 顧客.zip", "zip a.zip/顧客.zip file name: 佐藤花子.txt", "zip a.zip/顧客.zip/佐藤花子.txt line 1: x",
		}},
	} {
		want := ""
		for _, w := range c.want {
			want += "  " + w + "\n"
		}
		if got := readZip(c.data, Limits{}); got != want {
			t.Errorf("%s: got:\n%s\nwant:\n%s", c.name, got, want)
		}
	}
}
