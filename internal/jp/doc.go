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
//     are one, so are ノ の, and ツ っ つ. Hiragana and katakana stay distinct in
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
// The package is pure and its functions are safe for concurrent use.
package jp

// Version is the version of the folding. It goes up with a release in which some
// value folds otherwise than before: what was hashed under the old folding is
// not found under the new one, so rosters must be imported again.
const Version = 1
