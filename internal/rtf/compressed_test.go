package rtf_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/rtf"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wrap gives a compressed body its header.
func wrap(body []byte, raw int, kind string) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(body)+12)) //nolint:gosec // small
	out = binary.LittleEndian.AppendUint32(out, uint32(raw))           //nolint:gosec // small
	out = append(out, kind...)
	sum := ^crc32.Update(^uint32(0), crc32.IEEETable, body)
	if kind == "MELA" {
		sum = 0
	}
	return append(binary.LittleEndian.AppendUint32(out, sum), body...)
}

func TestDecompress(t *testing.T) {
	t.Parallel()
	simple := unhex(t, "2d000000 2b000000 4c5a4675 f1c5c7a7 03000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
	repeats := unhex(t, "1a000000 1c000000 4c5a4675 e2d44b51 410004205758595a0d6e7d010eb0")
	broken := append([]byte{}, simple...)
	broken[20] ^= 1
	const all = 1000
	for _, c := range []struct {
		name  string
		in    []byte
		limit int
		want  string
		err   error
	}{
		{"MS-OXRTFCP 3.1.1", simple, all, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", nil},
		{"MS-OXRTFCP 3.2.1", repeats, all, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", nil},
		{"not compressed", wrap([]byte("{\\rtf1 a}"), 9, "MELA"), all, "{\\rtf1 a}", nil},
		{"with padding after it", append(simple[:len(simple):len(simple)], 0, 0), all, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", nil},
		{"larger than allowed", simple, 42, "", rtf.ErrSize},
		{"checksum", broken, all, "", rtf.ErrBroken},
		{"cut off", simple[:len(simple)-1], all, "", rtf.ErrBroken},
		{"another kind", wrap(nil, 0, "LZFv"), all, "", rtf.ErrBroken},
		{"says too little", wrap([]byte("\x00ab"), 1, "LZFu"), all, "", rtf.ErrBroken},
		{"says too much", wrap([]byte("\x00ab"), 3, "LZFu"), all, "", rtf.ErrBroken},
		{"half a reference", wrap([]byte("\x01a"), 1, "LZFu"), all, "", rtf.ErrBroken},
		{"more after the end", wrap([]byte("\x01\x0c\xf0secret"), 0, "LZFu"), all, "", rtf.ErrBroken},
		{"nothing", nil, all, "", rtf.ErrBroken},
		{"a size beyond all", []byte("\xff\xff\xff\xff\xff\xff\xff\xffLZFu\x00\x00\x00\x00"), all, "", rtf.ErrBroken},
	} {
		got, err := rtf.Decompress(c.in, c.limit)
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

// TestBomb: two bytes give seventeen, never more, and no memory is taken on the
// word of the header.
func TestBomb(t *testing.T) {
	t.Parallel()
	body := []byte(strings.Repeat("\xff"+strings.Repeat("\x00\x0f", 8), 400))
	if _, err := rtf.Decompress(wrap(body, 1<<30, "LZFu"), 1<<31-1); !errors.Is(err, rtf.ErrBroken) {
		t.Error(err)
	}
	out, err := rtf.Decompress(wrap(body, 8*17*400, "LZFu"), 1<<20)
	if err != nil || len(out) != 8*17*400 {
		t.Errorf("%d bytes, %v", len(out), err)
	}
}
