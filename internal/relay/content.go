package relay

import (
	"bufio"
	"bytes"
)

// wellFormed tells whether every line end is CRLF and there is no NUL. What
// else passed here could be read as another mail by a lax relay behind ours.
func wellFormed(parts [][]byte) bool {
	for _, p := range parts {
		returns := bytes.Count(p, []byte{'\r'})
		if bytes.IndexByte(p, 0) >= 0 || bytes.Count(p, []byte{'\n'}) != returns || bytes.Count(p, []byte("\r\n")) != returns {
			return false
		}
	}
	return true
}

func size(parts [][]byte) int {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	return n
}

// writeDotted writes the content with dot transparency and the final dot
// (RFC 5321 §4.5.2). Content must be well formed; a last line without its line
// end gets one, since SMTP cannot say it otherwise (§4.1.1.4).
func writeDotted(w *bufio.Writer, parts [][]byte) error {
	lineStart := true
	for _, p := range parts {
		for len(p) > 0 {
			if lineStart && p[0] == '.' {
				_ = w.WriteByte('.') // a bufio.Writer keeps its error
			}
			end := len(p)
			if i := bytes.Index(p, []byte("\n.")); i >= 0 {
				end = i + 1
			}
			_, _ = w.Write(p[:end])
			lineStart = p[end-1] == '\n'
			p = p[end:]
		}
	}
	if !lineStart {
		_, _ = w.WriteString("\r\n")
	}
	_, _ = w.WriteString(".\r\n")
	return w.Flush()
}
