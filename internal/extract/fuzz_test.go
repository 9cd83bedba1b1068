package extract

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/mail"
)

// small limits, so that the fuzzer can reach them.
var small = Limits{Entries: 50, Unpacked: 1 << 16, Text: 1 << 16, Runs: 500}

// checkBounds holds whatever was read: text is UTF-8, limits are kept, a limit
// that was reached is listed.
func checkBounds(t *testing.T, units []Unit, lim Limits) {
	t.Helper()
	for i, u := range units {
		if (i == 0) != (u.Kind == Body) {
			t.Fatalf("unit %d is a %v", i, u.Kind)
		}
		size := 0
		for _, r := range u.Runs {
			size += len(r.Text)
			if r.Text == "" || r.Where == "" || len(r.Where) > 10_000 || !utf8.ValidString(r.Text+r.Where) {
				t.Fatalf("bad run %q at %q", r.Text, r.Where)
			}
		}
		if size > lim.Text || len(u.Runs) > lim.Runs || len(u.Unread) > lim.Runs {
			t.Fatalf("unit %d has %d bytes in %d runs, %d unread", i, size, len(u.Runs), len(u.Unread))
		}
		for _, n := range u.Unread {
			if n.Where == "" || n.Why == "" || n.Why == whyFailed { // the guard hides no bug from the fuzzer
				t.Fatalf("bad entry %+v, remarks %q", n, u.Remarks)
			}
		}
	}
}

// FuzzHTML: no text is lost, wherever in whatever markup it stands.
func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"", "<p>|</p>", "<a href='|'>", "<a |>", "<|>", "</b |>", "<!-- | -->", "<!--[if |]>", "<![endif|]-->", "<!doctype |>", "<script>|</script>",
		"<title>|", "<td width='|'>", "<a href='data:|,x'>", "<a href='data:image/png;base64,|'>", "<![CDATA[|]]>", "<?|?>", "<ruby><rt>|",
		"<a href='%E5|'>", "&#|;", "<plaintext>|", "<textarea><!--|", "<pre>\n|\n", "<x:|>", "<a b:|=c>", "<svg |", "<i srcdoc='<p |>'>",
	} {
		before, after, _ := strings.Cut(seed, "|")
		f.Add(before, after, false)
		f.Add(before, after, true)
	}
	const name = "山田花子"
	f.Fuzz(func(t *testing.T, before, after string, xml bool) {
		text := strings.ToValidUTF8(before, "?") + name + strings.ToValidUTF8(after, "?")
		mediaType := map[bool]string{false: "text/html", true: "text/xml"}[xml]
		units := Read(messageOf(leaf(mediaType, text)), small)
		checkBounds(t, units, small)
		for _, u := range units {
			if len(u.Unread) > 0 {
				return
			}
			for _, r := range u.Runs {
				if strings.Contains(r.Text, name) {
					return
				}
			}
		}
		t.Errorf("lost in:\n%s", show(units))
	})
}

// FuzzZip: never unpacks more than the limit, and never says nothing.
func FuzzZip(f *testing.F) {
	f.Add([]byte(pack(f)))
	f.Add([]byte(pack(f, "a.csv", "山田", "dir/", "", "b.html", "<p>x")))
	f.Add([]byte(pack(f, cp932(f, "注文.csv"), cp932(f, "山田"))))
	f.Add([]byte(pack(f, "a.zip", pack(f, "b.zip", pack(f, "z.txt", strings.Repeat("0", 100_000))))))
	f.Add([]byte(pack(f, "b.eml", "Subject: x\r\n\r\n山田")))
	f.Add([]byte(workbook(f, 2)))
	f.Add([]byte(docx(f, "山田", "word/media/image1.png", png, "word/embeddings/a.docx", docx(f, "佐藤"))))
	f.Add([]byte(pack(f, "mimetype", typeODF+".text", "content.xml", "<office:document-content/>", "META-INF/manifest.xml", "<a/>")))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := newReader(small)
		u := r.add(Body, "", "")
		r.zip(u, content{where: "attachment a.zip", name: "a.zip", data: data, whole: true}, 1)
		if r.unpacked > small.Unpacked {
			t.Errorf("unpacked %d bytes", r.unpacked)
		}
		checkBounds(t, r.done(), small)
		if len(u.Runs)+len(u.Unread) == 0 && r.entries > 0 {
			t.Error("entries, and nothing to say about them")
		}
	})
}

// FuzzPDF: whatever a PDF holds, bounds are kept.
func FuzzPDF(f *testing.F) {
	f.Add([]byte("%PDF-1.7 broken"))
	f.Add([]byte(page("BT /F1 12 Tf (x) Tj ET", "<</URI(https://shop.example/?m=%41)/RC(<p>a</p>)>>")))
	f.Add([]byte(inPDF(inPDF("<p>x"))))
	f.Add([]byte(page("", "<</EF<</F 8 0 R>>/F(b.csv)>>", "<</Type/EmbeddedFile/Length 3>>stream\nx,y\nendstream")))
	f.Fuzz(func(t *testing.T, data []byte) {
		lim := small
		lim.Work = 1 << 18
		r := newReader(lim)
		u := r.add(Body, "", "")
		r.content(u, content{where: "attachment a.pdf", name: "a.pdf", mediaType: "application/pdf", data: data, whole: true}, 0)
		checkBounds(t, r.done(), lim)
		if len(u.Runs)+len(u.Unread) == 0 && len(data) > 0 && !strings.Contains(string(data), "Kids") && strings.TrimSpace(string(data)) != "" {
			t.Error("no pages, and nothing to say about it")
		}
	})
}

// mayBeEmpty are the forms of files that can hold nothing to say.
var mayBeEmpty = map[form]bool{
	formHTML: true, formXML: true, formMail: true, formRTF: true, formPDF: true, formTNEF: true, formSMIME: true,
	formZip: true, formGzip: true, formBzip2: true, formTar: true, formMailbox: true,
}

// FuzzArchive: what tapes and compressed files hold is read within bounds.
func FuzzArchive(f *testing.F) {
	for _, name := range []string{"pax.tar.gz", "gnu.tar.gz", "a.csv.bz2", "named.csv.gz"} {
		f.Add([]byte(file(f, name)))
	}
	f.Add([]byte(tarred(f, "a.csv", "山田", "b.tar", tarred(f, "c", "佐藤"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := newReader(small)
		r.content(r.add(Body, "", ""), content{where: "a.tar", name: "a.tar", data: data, whole: true}, 0)
		if r.unpacked > small.Unpacked {
			t.Errorf("unpacked %d bytes", r.unpacked)
		}
		checkBounds(t, r.done(), small)
	})
}

// FuzzRead: any mail is read within bounds, and every leaf with content gives
// text or is listed.
func FuzzRead(f *testing.F) {
	f.Add([]byte(eml("件名", "山田", "a.csv", "text/csv", "鈴木,090")))
	f.Add([]byte(eml("x", "y", "a.zip", "application/zip", pack(f, "b.eml", eml("x", "y", "c.html", "text/html", "<p>z")))))
	f.Add([]byte("Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny"))
	f.Add([]byte("Content-Type: multipart/signed; boundary=b\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nz\r\n--b--\r\nw"))
	f.Add([]byte("Content-Type: text/html\r\nX-A: %E5%B1%B1\r\nnot a field\r\n\r\n<a href='data:message/rfc822,Subject:%20x'>"))
	f.Add([]byte("Content-Type: text/vcard\r\n\r\nN;ENCODING=QUOTED-PRINTABLE:=E5=B1=B1=\r\n=E7=94=B0\r\n"))
	f.Add([]byte("Content-Type: text/plain\r\n\r\nx\r\nbegin 644 a.csv\r\n.Y+V0Z)>DZ(JQY:V0+#\r\n`\r\nend\r\n"))
	f.Add([]byte("Content-Type: application/mbox\r\n\r\nFrom x\nTo: a\nSubject: b\n\nc\n\nFrom y\nTo: a\nSubject: b\n\nd\n"))
	f.Add([]byte("Content-Type: text/calendar\r\n\r\nATTENDEE;CN=\"a:b\":mailto:a%40b\r\nATTACH;FMTTYPE=text/html;ENCODING=BASE64:PHA+\r\n eA==\r\nN:a;b\r\nADR:;;a;b;c;d\r\n"))
	f.Add([]byte(file(f, "signed.eml")))
	f.Add([]byte(file(f, "detached.eml")))
	f.Add([]byte("Content-Type: application/pkcs7-mime\r\n\r\n" + file(f, "compressed.p7m")))
	f.Add([]byte(eml("x", "y", "winmail.dat", "application/ms-tnef", file(f, "winmail.dat"))))
	f.Add([]byte(eml("x", "y", "a.rtf", "application/rtf", `{\rtf1\ansi\ansicpg932{\fonttbl{\f0\fcharset128 x;}}\'8e\'52{\b\u30000?}{\pict\pngblip 89}}`)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := mail.Parse(raw, mail.Limits{})
		checkBounds(t, Read(m, small), small)
		_ = m.Walk(func(p *mail.Part, _ []int) error {
			if len(p.Children) > 0 || p.Enclosed != nil || len(strings.TrimSpace(string(p.Content))) == 0 || p.Decoded != "" && strings.TrimSpace(p.Text) == "" {
				return nil
			}
			bare := *p
			bare.Fields, bare.Stray, bare.Filename, bare.Params = nil, "", "", nil
			found := sniff(partContent(&bare, "x")).form
			said := 0
			for _, u := range Read(messageOf(&bare), small) {
				said += len(u.Runs) + len(u.Unread)
			}
			if said == 0 && !mayBeEmpty[found] {
				t.Errorf("nothing said about a part of type %q", p.MediaType)
			}
			return nil
		})
	})
}

// FuzzFile: whatever a file is said to be, it is read within bounds.
func FuzzFile(f *testing.F) {
	types := []string{"text/vcard", "text/calendar", "application/rtf", "application/ms-tnef", "application/pkcs7-mime", "application/mbox", "text/plain", "application/json"}
	add := func(kind byte, data string) { f.Add(kind, []byte(data)) }
	add(0, "N;ENCODING=QUOTED-PRINTABLE;CHARSET=SHIFT_JIS:=8E=52;=93=\n=63\nPHOTO;BASE64:\niVBO\nAAAA\nADR:;a;b;c;d;e\nBDAY:--0102\nX-PHONETIC-LAST-NAME:a\nX-PHONETIC-FIRST-NAME:b\n")
	add(1, "ATTENDEE;CN=\"a:b\":mailto:a%40b\r\nX-ALT-DESC;FMTTYPE=text/html:<b>x\r\n y\r\nATTACH;FMTTYPE=text/csv;ENCODING=BASE64:YQ==\r\nURL:data:text/html,<p>x")
	add(2, `{\rtf1\fromhtml1{\*\htmltag <a href="x">}\'8e\u23665?{\pict\pngblip}{\object{\*\objdata 0}}}x`)
	add(3, file(f, "winmail.dat"))
	add(3, file(f, "winmail-html.dat"))
	add(4, file(f, "signed-ber.p7m"))
	add(4, file(f, "signed.pem"))
	add(4, file(f, "compressed.p7m"))
	add(5, "From a\nTo: a\nFrom: b\n\nx\n\nFrom c\nTo: a\nFrom: b\n\ny")
	add(6, "begin 644 a\n#86%A\n`\nend\nbegin-base64 644 b\nYQ==\n====\n=ybegin a b c\n-----BEGIN PGP SIGNED MESSAGE-----\n- -----BEGIN PGP MESSAGE\n")
	f.Fuzz(func(t *testing.T, kind byte, data []byte) {
		p := attached(types[int(kind)%len(types)], "a", string(data))
		p.Text = strings.ToValidUTF8(p.Text, "\uFFFD")
		checkBounds(t, Read(messageOf(p), small), small)
	})
}
