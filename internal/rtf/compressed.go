package rtf

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// What is wrong with a compressed document.
var (
	ErrBroken = errors.New("broken compressed text")
	ErrSize   = errors.New("compressed text is larger than allowed")
)

// dictionary is what the window of a compressed document starts with, so that
// short documents compress too (MS-OXRTFCP §2.1.3.1.4).
const dictionary = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}" +
	"{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier" +
	"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

const (
	window       = 4096
	header       = 16
	compressed   = 0x75465a4c // "LZFu"
	uncompressed = 0x414c454d // "MELA"
)

// Decompress gives the document within the compressed RTF of Outlook's mail
// (MS-OXRTFCP), of at most limit bytes. What follows the stated end, or does
// not agree with the checksum, is ErrBroken: programs differ in what they show.
func Decompress(data []byte, limit int) ([]byte, error) {
	if len(data) < header {
		return nil, ErrBroken
	}
	size := int(binary.LittleEndian.Uint32(data)) + 4 // that the size counts all but itself
	raw := int(binary.LittleEndian.Uint32(data[4:]))
	sum := binary.LittleEndian.Uint32(data[12:])
	if size < header || size > len(data) {
		return nil, ErrBroken
	}
	body := data[header:size]
	if raw > limit {
		return nil, ErrSize
	}
	switch binary.LittleEndian.Uint32(data[8:]) {
	case uncompressed:
		if raw != len(body) {
			return nil, ErrBroken
		}
		return body, nil
	case compressed:
		if checksum(body) != sum {
			return nil, ErrBroken
		}
		return expand(body, raw)
	}
	return nil, ErrBroken
}

// checksum is that of MS-OXRTFCP §2.1.3.2: CRC-32 without the inversions.
func checksum(body []byte) uint32 {
	return ^crc32.Update(^uint32(0), crc32.IEEETable, body)
}

// expand decodes references into a window of the last 4,096 bytes (§2.2.2). A
// reference is two bytes and stands for at most 17, which bounds the output.
func expand(body []byte, raw int) ([]byte, error) {
	var ring [window]byte
	at := copy(ring[:], dictionary)
	out := make([]byte, 0, min(raw, 9*len(body)))
	put := func(c byte) {
		ring[at] = c
		at = (at + 1) % window
		out = append(out, c)
	}
	for i := 0; i < len(body); {
		control := body[i]
		i++
		for bit := 0; bit < 8 && i < len(body); bit++ {
			if control>>bit&1 == 0 {
				put(body[i])
				i++
				continue
			}
			if i+2 > len(body) {
				return nil, ErrBroken
			}
			reference := int(binary.BigEndian.Uint16(body[i:]))
			i += 2
			from, length := reference>>4, reference&0xf+2
			if from == at { // the end
				return finished(out, raw, body[i:])
			}
			for k := range length {
				put(ring[(from+k)%window])
			}
			if len(out) > raw {
				return nil, ErrBroken
			}
		}
	}
	return finished(out, raw, nil)
}

// finished compares what came out with what was stated. A byte or two beyond
// the end are padding.
func finished(out []byte, raw int, rest []byte) ([]byte, error) {
	if len(out) != raw || len(rest) > 4 {
		return nil, ErrBroken
	}
	return out, nil
}
