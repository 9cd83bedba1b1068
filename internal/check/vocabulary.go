package check

import (
	"fmt"
	"strings"
)

// kindWords names kinds of data in English and in Japanese.
func kindWords(kinds []string) (en, ja string) {
	var ens, jas []string
	for _, k := range kinds {
		word := kindsJa[k]
		if word == "" {
			word = "番号"
		}
		ens, jas = append(ens, strings.ReplaceAll(k, "_", " ")), append(jas, word)
	}
	return strings.Join(ens, ", "), strings.Join(jas, "・")
}

var kindsJa = map[string]string{
	"email": "メールアドレス", "phone": "電話番号", "name": "氏名", "postal_code": "郵便番号", "address": "住所",
	"birthday": "生年月日", "member_no": "会員番号", "order_no": "注文番号", "attachment": "添付ファイル", "link": "専用リンク",
}

// placeJa names a place of a mail, as extract writes it, in Japanese.
func placeJa(where string) string {
	if rest, ok := strings.CutPrefix(where, "enclosed mail/"); ok {
		return "同封されたメールの" + placeJa(rest)
	}
	base, line := where, ""
	if i := strings.LastIndex(where, " line "); i >= 0 {
		base, line = where[:i], fmt.Sprintf("の%s行目", where[i+len(" line "):])
	}
	if file, sheet, ok := strings.Cut(base, "/sheet "); ok {
		return placeJa(file) + "のシート「" + sheet + "」" + line
	}
	for _, s := range sectionsJa {
		if rest, ok := strings.CutSuffix(base, s.suffix); ok {
			return placeJa(rest) + s.ja + line
		}
	}
	if file, page, ok := cutPage(base); ok {
		return fmt.Sprintf("%sの%sページ", placeJa(file), page) + line
	}
	for _, p := range placesJa {
		if rest, ok := strings.CutPrefix(base, p.prefix); ok {
			return fmt.Sprintf(p.ja, rest) + line
		}
	}
	if word := partsJa[base]; word != "" {
		return word + line
	}
	return base + line
}

// cutPage cuts the page off a place in a PDF.
func cutPage(place string) (file, page string, ok bool) {
	i := strings.LastIndex(place, " page ")
	if i < 0 || strings.Trim(place[i+len(" page "):], "0123456789") != "" {
		return "", "", false
	}
	return place[:i], place[i+len(" page "):], true
}

// sectionsJa are parts of a document that go on before their suffix.
var sectionsJa = []struct{ suffix, ja string }{
	{" form field", "の入力欄"}, {" field name", "の入力欄の名前"}, {" note", "の注釈"}, {" link", "のリンク"}, {" title", "の見出し"},
	{" properties", "の文書情報"}, {" metadata", "の文書情報"}, {" alternative text", "の代替テキスト"}, {" script", "のスクリプト"},
	{" other text", "のその他の文字列"}, {" file name", "の中のファイル名"}, {" page in no order", "の表示されないページ"},
	{" subject", "の件名"}, {" HTML body", "の本文"}, {" RTF body", "の本文"}, {" body", "の本文"},
	{" beside the text", "の欄外"}, {" comment", "のコメント"}, {" owner", "の所有者"},
	{" content on no page", "の表示されない部分"}, {" between the objects", "の余分なデータ"},
}

// placesJa are places that go on after their prefix; every form takes it up.
var placesJa = []struct{ prefix, ja string }{
	{"header ", "「%s」欄"},
	{"attachment ", "添付ファイル「%s」"},
	{"zip ", "圧縮ファイル「%s」"},
	{"multipart/", "メールの構造（%s）"},
	{"text/html ", "本文のHTML（%s）"},
}

var partsJa = map[string]string{
	"subject": "件名", "text/plain": "本文", "text/html": "本文", "preamble": "本文の前の部分", "epilogue": "本文の後の部分",
	"stray header": "ヘッダーの不正な行", "file name": "ファイル名", "mail": "メール全体",
}

// whyJa says in Japanese why something was not read, as extract and mail say it
// in English.
func whyJa(why string) string {
	if word := whysJa[why]; word != "" {
		return word
	}
	return "構造や文字コードに誤りがあります"
}

var whysJa = map[string]string{
	"more text than may be read": "文字数が多すぎます",
	"image":                      "画像のため内容を確認できません",
	"labelled as image but is not a known one": "画像として扱えない形式です",
	"format not read":                          "確認に対応していない形式です",
	"old office format":                        "古い形式のOffice文書のため確認できません",
	"broken document":                          "文書の構造が壊れています",
	"refers to text that is not there":         "文書の中の参照先が見つかりません",
	"holds the same file twice":                "文書の中に同じ名前のファイルが二つあります",
	"encrypted":                                "暗号化されています",
	"labelled as text but is not":              "テキストと表示されていますが、別の形式です",
	"mostly unprintable characters":            "表示できない文字がほとんどです",
	"nested too deep":                          "ファイルの入れ子が深すぎます",
	"too many files in archives":               "圧縮ファイルの中のファイルが多すぎます",
	"more bytes than may be read":              "読み取る量が上限を超えます",
	"the reader failed":                        "読み取り処理で異常が起きました",
	"unpacks to more than may be read":         "展開後の大きさが上限を超えます",
	"unpacks to far more than its size":        "展開後の大きさが極端に大きくなります",
	"broken archive":                           "圧縮ファイルが壊れています",
	"overlapping files in archive":             "圧縮ファイルの構造に誤りがあります",
	"bytes in archive that belong to no file":  "圧縮ファイルに所属不明のデータがあります",
	"file name in no known charset":            "ファイル名の文字コードが不明です",
	"fragment of a mail":                       "分割されたメールの一部です",
	"a fragment of a mail":                     "分割されたメールの一部です",
	"holds encoded content":                    "符号化されたデータが含まれています",
	"defines entities":                         "文書内で独自の文字定義が使われています",
	"content within a link":                    "リンクの中にデータが埋め込まれています",
	"broken file":                              "ファイルが壊れています",
	"a checksum that is wrong":                 "検査用の数値が合いません",
	"drawing without text":                     "文字がなく図形だけのページです",
	"characters that cannot be told":           "どの文字か判別できない文字があります",
	"unknown compression":                      "圧縮の方式が不明です",
	"embedded object":                          "別のファイルが埋め込まれています",
	"data after the end of the file":           "ファイルの終わりの後にデータがあります",
	"binary data within text":                  "文章の中に文字でないデータがあります",
	"enclosed mail not read":                   "同封されたメールを読み取れません",
	"broken transfer encoding":                 "転送用の符号化が壊れています",
	"unknown transfer encoding":                "転送用の符号化の方式が不明です",
	"no charset reads this cleanly":            "文字コードを判別できません",
	"broken structure":                         "メールの構造が壊れています",
	"limit reached":                            "上限に達しました",
	"a multipart that is never closed":         "メールの構造が途中で終わっています",
	"a multipart without its boundary":         "メールの区切りがありません",
	"an unknown Content-Transfer-Encoding":     "転送用の符号化の方式が不明です",
	"a control character in a field":           "ヘッダーに制御文字があります",
	"a multipart with a transfer encoding":     "メールの構造に誤りがあります",
	"nested too deeply":                        "メールの入れ子が深すぎます",
	"too many parts":                           "メールの部品が多すぎます",
}
