package tnef_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/tnef"
)

var le = binary.LittleEndian

// stream is the head of a stream and attributes.
func stream(attributes ...string) string {
	return "\x78\x9f\x3e\x22\x01\x00" + strings.Join(attributes, "")
}

func attribute(level byte, tag uint32, data string) string {
	b := le.AppendUint32([]byte{level}, tag)
	b = append(le.AppendUint32(b, uint32(len(data))), data...) //nolint:gosec // small
	sum := uint16(0)
	for i := range len(data) {
		sum += uint16(data[i])
	}
	return string(le.AppendUint16(b, sum))
}

// list counts properties.
func list(properties ...string) string {
	return u32(len(properties)) + strings.Join(properties, "")
}

func u32(n int) string { return string(le.AppendUint32(nil, uint32(n))) } //nolint:gosec // small

// property writes one of variable size, with one value or several.
func property(tag, kind uint16, values ...string) string {
	out := append(le.AppendUint16(le.AppendUint16(nil, kind), tag), u32(len(values))...)
	for _, v := range values {
		out = append(out, u32(len(v))+v+strings.Repeat("\x00", (4-len(v)%4)%4)...)
	}
	return string(out)
}

func fixed(tag, kind uint16, value string) string {
	return string(le.AppendUint16(le.AppendUint16(nil, kind), tag)) + value
}

func wide(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = le.AppendUint16(b, u)
	}
	return string(b)
}

const (
	oem, subject, body, props, table   = 0x00069007, 0x00018004, 0x0002800c, 0x00069003, 0x00069004
	rend, title, data, picture, attach = 0x00069002, 0x00018010, 0x0006800f, 0x00068011, 0x00069005
	message                            = "\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
	storage                            = "\x0b\x00\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
)

func text(tag uint16, page int, s string) tnef.Value {
	return tnef.Value{Tag: tag, Kind: tnef.Text, Data: []byte(s), Page: page}
}

func TestParse(t *testing.T) {
	t.Parallel()
	named := string(le.AppendUint16(le.AppendUint16(nil, 0x1f), 0x8001)) + strings.Repeat("g", 16) + u32(1) + u32(6) + wide("abc") + "\x00\x00" + u32(1) + u32(2) + wide("x") + "\x00\x00"
	numbered := string(le.AppendUint16(le.AppendUint16(nil, 3), 0x8002)) + strings.Repeat("g", 16) + u32(0) + u32(7) + u32(9)
	for _, c := range []struct {
		name, in string
		want     tnef.Message
	}{
		{"attributes", stream(attribute(1, subject, "\x8eR\x00"), attribute(1, oem, u32(932)+u32(0)), attribute(1, body, "b"), attribute(1, 0x00038005, "01234567890123")), tnef.Message{
			Values: []tnef.Value{text(tnef.Subject, 932, "\x8eR\x00"), text(tnef.Body, 932, "b")},
		}},
		{"sender", stream(attribute(1, 0x00008000, "\x04\x00\x00\x00\x05\x00\x06\x00Taro\x00SMTP:t\x00"), attribute(1, 0x00060000, "\x02\x00A\x00\x02\x00B\x00")), tnef.Message{
			Values: []tnef.Value{text(tnef.SenderName, 1252, "Taro\x00SMTP:t\x00"), text(tnef.SenderName, 1252, "A\x00"), text(tnef.SenderName, 1252, "B\x00")},
		}},
		{"properties", stream(attribute(1, props, list(
			fixed(0x0017, 3, u32(1)), fixed(0x0018, 0x1003, u32(2)+u32(1)+u32(2)), fixed(0x0019, 0xb, "\x01\x00\x00\x00"), fixed(0x0020, 0x48, strings.Repeat("g", 16)),
			property(tnef.Subject, 0x1f, wide("山田")), property(tnef.BodyHTML, 0x102, "<p>"), property(0x3a00, 0x101e, "a", "bc"), fixed(0x3fde, 3, u32(932)), named, numbered,
		))), tnef.Message{Values: []tnef.Value{
			text(tnef.Subject, 1200, wide("山田")), {Tag: tnef.BodyHTML, Kind: tnef.Binary, Data: []byte("<p>"), Page: 932},
			text(0x3a00, 1252, "a"), text(0x3a00, 1252, "bc"), {Tag: 0x8001, Name: wide("abc"), Kind: tnef.Text, Data: []byte(wide("x")), Page: 1200},
		}}},
		{"recipients", stream(attribute(1, table, u32(2)+list(property(0x3001, 0x1e, "A"))+list(property(0x3001, 0x1e, "B")))), tnef.Message{Values: []tnef.Value{
			{Tag: 0x3001, Kind: tnef.Text, Data: []byte("A"), Page: 1252, Row: 1}, {Tag: 0x3001, Kind: tnef.Text, Data: []byte("B"), Page: 1252, Row: 2},
		}}},
		{"attachments", stream(
			attribute(2, rend, "0123456789abcd"), attribute(2, title, "a.csv\x00"), attribute(2, data, "x,y"), attribute(2, picture, "wmf"),
			attribute(2, rend, "0123456789abcd"), attribute(2, attach, list(property(tnef.AttachLongFile, 0x1f, wide("b")), property(tnef.AttachData, 0x0d, message+stream()))),
			attribute(2, rend, "0123456789abcd"), attribute(2, attach, list(property(tnef.AttachData, 0x0d, storage+"ole"), property(tnef.AttachData, 0x102, "bin"))),
		), tnef.Message{Attachments: []tnef.Attachment{
			{Values: []tnef.Value{text(tnef.AttachFile, 1252, "a.csv\x00"), {Tag: tnef.AttachRendering, Kind: tnef.Binary, Data: []byte("wmf")}}, Contents: []tnef.Content{{Data: []byte("x,y")}}},
			{Values: []tnef.Value{text(tnef.AttachLongFile, 1200, wide("b"))}, Contents: []tnef.Content{{Data: []byte(stream()), Message: true}}},
			{Contents: []tnef.Content{{Data: []byte("ole")}, {Data: []byte("bin")}}},
		}}},
		{"an attachment without its beginning", stream(attribute(2, data, "x")), tnef.Message{Attachments: []tnef.Attachment{{Contents: []tnef.Content{{Data: []byte("x")}}}}}},
		{"unknown attribute", stream(attribute(1, 0x00069999, "x"), attribute(2, rend, strings.Repeat("x", 65))), tnef.Message{
			Values:      []tnef.Value{{Kind: tnef.Binary, Data: []byte("x")}},
			Attachments: []tnef.Attachment{{Values: []tnef.Value{{Kind: tnef.Binary, Data: []byte(strings.Repeat("x", 65))}}}},
		}},
		{"a time that is too long", stream(attribute(1, 0x00038005, strings.Repeat("x", 65))), tnef.Message{Values: []tnef.Value{{Kind: tnef.Binary, Data: []byte(strings.Repeat("x", 65))}}}},
		{"checksum", stream(attribute(1, subject, "a")[:10] + "\x00\x00"), tnef.Message{Values: []tnef.Value{text(tnef.Subject, 1252, "a")}, Faults: []tnef.Fault{tnef.Checksum}}},
		{"nothing", stream(), tnef.Message{}},
		{"no signature", "abcdefgh", tnef.Message{Faults: []tnef.Fault{tnef.Broken}}},
		{"cut off", stream(attribute(1, subject, "a"))[:15], tnef.Message{Faults: []tnef.Fault{tnef.Broken}}},
		{"more after the end", stream(attribute(1, subject, "a")) + "abc", tnef.Message{Values: []tnef.Value{text(tnef.Subject, 1252, "a")}, Faults: []tnef.Fault{tnef.Broken}}},
		{"a third level", stream(attribute(3, subject, "a"), attribute(1, subject, "b")), tnef.Message{Values: []tnef.Value{text(tnef.Subject, 1252, "b")}, Faults: []tnef.Fault{tnef.Broken}}},
		{"properties cut off", stream(attribute(1, props, u32(2)+property(tnef.Subject, 0x1e, "a"))), tnef.Message{Values: []tnef.Value{text(tnef.Subject, 1252, "a")}, Faults: []tnef.Fault{tnef.Broken}}},
		{"more after properties", stream(attribute(1, props, list(property(tnef.Subject, 0x1e, "a"))+"more")), tnef.Message{Values: []tnef.Value{text(tnef.Subject, 1252, "a")}, Faults: []tnef.Fault{tnef.Broken}}},
		{"unknown type", stream(attribute(1, props, list(property(tnef.Subject, 0x99, "a")))), tnef.Message{Faults: []tnef.Fault{tnef.Broken}}},
		{"numbers without end", stream(attribute(1, props, list(fixed(0x17, 0x1003, "\xff\xff\xff\xff")))), tnef.Message{Faults: []tnef.Fault{tnef.Broken}}},
		{"an owner without end", stream(attribute(1, 0x00060000, "\xff\xffA")), tnef.Message{
			Values: []tnef.Value{text(tnef.SenderName, 1252, ""), text(tnef.SenderName, 1252, "")}, Faults: []tnef.Fault{tnef.Broken},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for i := range c.want.Values {
				if c.want.Values[i].Data == nil {
					c.want.Values[i].Data = []byte{}
				}
			}
			if diff := cmp.Diff(c.want, tnef.Parse([]byte(c.in)), cmp.Transformer("string", func(b []byte) string { return string(b) })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTooMany(t *testing.T) {
	t.Parallel()
	one := property(tnef.Subject, 0x1e, "a")
	row := u32(1) + one
	for name, in := range map[string]string{
		"properties":  attribute(1, props, u32(200_000)+strings.Repeat(one, 200_000)),
		"values":      attribute(1, props, list(property(tnef.Subject, 0x101e, make([]string, 200_000)...))),
		"recipients":  attribute(1, table, u32(200_000)+strings.Repeat(row, 200_000)),
		"attributes":  strings.Repeat(attribute(1, subject, "a"), 200_000),
		"attachments": strings.Repeat(attribute(2, rend, ""), 200_000),
		"contents":    strings.Repeat(attribute(2, data, ""), 200_000),
	} {
		start := time.Now()
		m := tnef.Parse([]byte(stream(in)))
		if size := len(m.Values) + len(m.Attachments); size > 100_000 || len(m.Faults) != 1 || m.Faults[0] != tnef.TooMany {
			t.Errorf("%s: %d values, faults %v", name, size, m.Faults)
		}
		if spent := time.Since(start); spent > 5*time.Second {
			t.Errorf("%s took %v", name, spent)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for tag, want := range map[uint16]string{tnef.Subject: "subject", 0x3a1c: "property 3A1C"} {
		if got := (tnef.Value{Tag: tag}).String(); got != want {
			t.Errorf("%04X is %q", tag, got)
		}
	}
}

// FuzzParse: no more is given than there is, and what is lost is a fault.
func FuzzParse(f *testing.F) {
	f.Add([]byte(stream(attribute(1, subject, "a"), attribute(1, oem, u32(932)+u32(0)))))
	f.Add([]byte(stream(attribute(1, props, list(property(tnef.Subject, 0x1f, wide("山田")), fixed(0x3fde, 3, u32(932)), property(tnef.BodyHTML, 0x102, "<p>"))))))
	f.Add([]byte(stream(attribute(1, table, u32(1)+list(property(0x3001, 0x1e, "A"))))))
	f.Add([]byte(stream(attribute(2, rend, "x"), attribute(2, title, "a"), attribute(2, attach, list(property(tnef.AttachData, 0x0d, message+stream()))))))
	f.Add([]byte(stream(attribute(1, 0x00008000, "\x04\x00\x00\x00\x05\x00\x06\x00Taro\x00SMTP:t\x00"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, in := range []string{string(data), stream(attribute(1, props, string(data))), stream(attribute(2, attach, string(data)))} {
			m := tnef.Parse([]byte(in))
			size, given := 0, 0
			count := func(values []tnef.Value) {
				for _, v := range values {
					size += len(v.Data) + len(v.Name)
					given++
				}
			}
			count(m.Values)
			for _, a := range m.Attachments {
				count(a.Values)
				for _, c := range a.Contents {
					size += len(c.Data)
				}
			}
			if size > len(in) || given > len(in) {
				t.Fatalf("%d values of %d bytes in %d", given, size, len(in))
			}
		}
	})
}
