package pdf

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// small limits, so that the fuzzer can reach them.
var small = Limits{Work: 1 << 20, Unpacked: 1 << 18}

// checkBounds holds whatever was read.
func checkBounds(t *testing.T, d Document, lim Limits) {
	t.Helper()
	if d.Work > lim.Work || d.Unpacked > lim.Unpacked {
		t.Errorf("work %d, unpacked %d", d.Work, d.Unpacked)
	}
	size := 0
	for _, r := range d.Runs {
		size += len(r.Text)
		if r.Where == "" || strings.TrimSpace(r.Text) == "" || !utf8.ValidString(r.Text) {
			t.Errorf("bad run %q at %q", r.Text, r.Where)
		}
	}
	for _, u := range d.Unread {
		if reasonNames[u.Why] == "" || u.Inline && u.Why != Image {
			t.Errorf("bad entry %+v", u)
		}
	}
	if size > 8*lim.Work {
		t.Errorf("%d bytes of text", size)
	}
}

// FuzzRead: any file is read within bounds, and always alike.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.pdf")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add(onePage(helv, hello))
	f.Add(onePage(japaneseFont("90ms-RKSJ-V"), "BT /F1 12 Tf <8e52> Tj ET"))
	f.Add(onePage(helv, "", data("/Filter[/LZWDecode/ASCII85Decode/RunLengthDecode]", lzw("<~87cURD~>", 1)), data("/Type/ObjStm/N 1/First 4", "9 0 (x)")))
	f.Add(buildWith("/Encrypt<</Filter/Standard/V 4/R 4/CF<</S<</CFM/AESV2>>>>/StmF/S/StrF/S/O()/U()/P -4>>/ID[<00>]", "<</Type/Catalog>>"))
	for _, make := range hostile() {
		if raw := make(); len(raw) < 4096 {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := Read(raw, small)
		checkBounds(t, d, small)
		if !reflect.DeepEqual(d, Read(raw, small)) {
			t.Error("read differently the second time")
		}
	})
}

// FuzzContent: text that is shown is found, whatever was drawn before, or the
// page is unread.
func FuzzContent(f *testing.F) {
	for _, seed := range []string{
		"", "q", "Q Q", "[", "<<", "(", "<", "BI /W 9 ID", "BI", "/X Do", "1 0 0 1 0", "/Span <</ActualText (x)>> BDC", "BT ET", "/F1 0 Tf 0 Tz 0 0 0 0 0 0 cm",
		"1e9 1e9 Td", "[(a) -1e9] TJ", "{ } ] >> )", "/Q gs", "\xff\x00", "/F1 1 Tf (a) '", "BT /F1 12 Tf (Taro) Tj", "/F1 -1 Tf -1 0 0 1 0 0 Tm (Ta) Tj",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, before string) {
		d := Read(onePage(helv, before+"\nBT /F1 12 Tf (Taro090) Tj ET"), small)
		checkBounds(t, d, small)
		for _, r := range d.Runs {
			if strings.Contains(r.Text, "Taro090") {
				return
			}
		}
		for _, u := range d.Unread {
			if !u.Inline {
				return
			}
		}
		t.Errorf("lost: %q", lines(d))
	})
}

// FuzzFilters: filters undo what they are given within bounds.
func FuzzFilters(f *testing.F) {
	f.Add([]byte(lzw("aaaaaaaaaaaaaaa", 1)), uint8(0), uint16(3))
	f.Add([]byte(deflate("\x02ab\x04cd")), uint8(1), uint16(2))
	f.Add([]byte("87cURD~>"), uint8(2), uint16(0))
	f.Add([]byte("\x02abc\xfea\x80"), uint8(3), uint16(0))
	names := []name{"LZWDecode", "FlateDecode", "ASCII85Decode", "RunLengthDecode", "ASCIIHexDecode"}
	f.Fuzz(func(t *testing.T, raw []byte, kind uint8, columns uint16) {
		file := &file{budget: budget{work: 1 << 20, unpacked: 1 << 16}}
		param := &dict{}
		param.put("Predictor", float64(columns%16))
		param.put("Columns", float64(columns))
		out, why := file.filter(raw, names[int(kind)%len(names)], param)
		if len(out) > 1<<16 || why > Limit {
			t.Errorf("%d bytes, reason %d", len(out), why)
		}
	})
}
