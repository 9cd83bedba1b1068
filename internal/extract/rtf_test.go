package extract

import "testing"

func TestRTF(t *testing.T) {
	t.Parallel()
	const doc = `{\rtf1\ansi\ansicpg932{\info{\author taro@example.jp}}\'8e\'52\'93\'63\par 090-1234-{\b 5678}{\pict\pngblip 89}}`
	text := []string{
		"  attachment a.rtf line 1: 山田|090-1234-5678", "  attachment a.rtf beside the text: taro@example.jp|",
		"  unread inline attachment a.rtf (image/png): image",
	}
	for _, mediaType := range []string{"application/rtf", "text/rtf", "application/msword", "application/octet-stream"} {
		check(t, read(attached(mediaType, "a.rtf", doc)), append([]string{"body", "attachment a.rtf", "  file name: a.rtf"}, text...)...)
	}
	check(t, read(attached("application/zip", "a.zip", pack(t, "a.rtf", "\r\n"+doc))), "body", "attachment a.zip", "  file name: a.zip",
		"  zip a.zip file name: a.rtf", "  zip a.zip/a.rtf line 1: 山田|090-1234-5678", "  zip a.zip/a.rtf beside the text: taro@example.jp|",
		"  unread inline zip a.zip/a.rtf (image/png): image")
	check(t, read(leaf("text/plain", `{\rtf1 a}`)), "body", "  text/plain line 1: a", `  text/plain line 1: {\rtf1 a}`)
	check(t, read(attached("application/rtf", "a.rtf", `{\rtf1\ansi{\pict\jpegblip ff}{\object{\*\objdata 01}}\'ff\'81}x`)),
		"body", "attachment a.rtf", "  file name: a.rtf", "  attachment a.rtf line 1: ÿ\uFFFD", "  attachment a.rtf: \uFFFD\uFFFD|",
		"  unread inline attachment a.rtf (image/jpeg): image", "  unread attachment a.rtf (application/x-ole-storage): embedded object",
		"  unread attachment a.rtf (application/rtf): no charset reads this cleanly", "  unread attachment a.rtf (application/rtf): data after the end of the file")
	check(t, read(attached("application/rtf", "scan.rtf", `{\rtf1\ansi{\pict\jpegblip ff}}`)),
		"body", "attachment scan.rtf", "  file name: scan.rtf", "  unread attachment scan.rtf (image/jpeg): image")
	check(t, read(attached("application/rtf", "a.rtf", `{\rtf1\ansi\fromhtml1{\*\htmltag <a href="mailto:taro@example.jp">}\'41{\*\htmltag </a>}}`)),
		"body", "attachment a.rtf", "  file name: a.rtf", "  attachment a.rtf href: mailto:taro@example.jp", "  attachment a.rtf line 1: A")
	check(t, read(attached("application/rtf", "a.rtf", "山田")), "body", "attachment a.rtf", "  file name: a.rtf", "  attachment a.rtf line 1: 山田")
}
