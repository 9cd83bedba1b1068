// Package jp folds Japanese personal data to one spelling.
//
// It keeps true: the same value, however written, folds to the same normal
// form; different values stay different; folding is idempotent.
//
// There is one folding of text, [FoldText], and every text-matched value is
// folded by it: a declared name or address is found in a mail when one of its
// [Forms] is a run of the folded text and [Bounded] agrees. What is recognised
// by shape alone (e-mail, phone, postal code, date, whole address, personal
// link) comes from [Tokens], already in its [Normal] form.
//
// # What the text folding does
//
//   - Width: full-width Latin, digits and signs become ASCII, half-width
//     katakana become full-width, (han)dakuten are composed. What Unicode calls
//     compatible becomes plain (㈱ ㍻ ㌔ Ⅲ 𝐀, radicals such as ⽥), but for ① and ²,
//     whose digits would join those beside them.
//   - Latin letters become lower case without diacritics; hyphens and
//     apostrophes between two letters are dropped (they count as a gap).
//   - Kana become those that banks write: small ones large (ｼﾖｳｺ), ヰ ヱ ヲ are イ
//     エ オ, cursive ones plain. Iteration marks (々 ゝ ゞ 〱) are written out, a
//     dash or wave after kana is a long vowel mark, and between kanji が ガ ヶ ケ
//     are one, so are ノ の, and ツ っ つ; つつじが丘 is つつじヶ丘. Hiragana and katakana stay distinct in
//     text; NameKana offers its forms in both.
//   - Kanji: old and variant shapes of one character become one (髙 高), see
//     variants.go for which and why. Characters used as different names stay
//     apart (斎 斉, 島 嶋).
//   - House numbers: 一丁目二番三号, 1の2の3, １－２－３ become 1-2-3. A kanji
//     numeral is a number only where a counter of house numbers follows, or a
//     chain of them; 三田, 一郎 and 六本木 stay.
//   - Spaces, line breaks, quotation marks at line starts and ・ are dropped and
//     leave a gap; invisible characters, variation selectors and stray combining
//     marks are dropped and leave nothing.
//
// # Addresses
//
// An address is prefecture, city, town, house number and room. Every
// municipality is known: the prefecture of one that exists once is added, its
// 郡 left out, so are Kyoto's streets (烏丸通御池上る虎屋町), 大字 and 字, the name of
// the building, and what follows the room (様方, 気付). With a room the flat is
// meant, without one the house; a house with fewer numbers is another house. A
// hamlet (小字) is part of the town, since in the north each numbers its own lots.
// An address in Latin letters is matched in the words and the order in which it
// was declared; none is recognised by its shape. Neither is one without city
// or ward (丸の内1-2-3 alone), of which there are many, nor Sapporo's N1W2. A
// building written before the prefecture is read in declared values only.
//
// # Names
//
// Names stand in text without spaces, so [Bounded] looks at what stands beside
// them; two kanji that may be a word (東洋) need a space, an honorific, or a field
// of their own. Readings and former names in brackets are left out. Latin names
// are found in every order of family and given names, with a comma, in other
// romanisations (Satō Satou Satoh Sato, Tuzi Tsuji), with an initial for the
// middle one of three names. Someone's initials (T. Yamada), a name without its
// middle one, and a family name alone are not that person's name.
//
// What labels, readings or cell borders part is found in [Text.Joined].
//
// The package is pure and its functions are safe for concurrent use.
package jp

// Version is the version of the folding. It goes up with a release in which some
// value folds otherwise than before: what was hashed under the old folding is
// not found under the new one, so rosters must be imported again.
const Version = 1
