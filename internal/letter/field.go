package letter

import (
	"slices"
	"strings"
)

// field is one thing a template may print.
type field struct {
	says  string // for the operator
	in    []Kind // templates that may print it; nil: all
	must  []Kind // templates that have to
	value func(*Facts, *Details, lang) string
}

// never are names somebody may think of, and why there is no such field.
var never = map[string]string{
	"name": aboutNames, "to": aboutNames, "recipient": aboutNames, "recipient_name": aboutNames, "address": aboutNames, "email": aboutNames,
	"phone": aboutNames, "member_no": aboutNames, "order_no": aboutNames, "victim": aboutNames, "person": aboutNames, "customer": aboutNames,
	"subject": aboutMails, "body": aboutMails, "text": aboutMails, "attachment": aboutMails, "message_id": aboutMails,
	"value": aboutValues, "values": aboutValues, "data": aboutValues, "identifier": aboutValues,
}

const (
	aboutNames  = "a letter names nobody, neither its addressee nor who got or lost data; write お客様"
	aboutMails  = "a wrong mail's subject and text may hold what leaked; {mails} says when it was sent and what for"
	aboutValues = "no letter holds a value that leaked; {kinds} says which kinds of data"
)

var (
	toRecipients = []Kind{Deletion, Combined, Reminder}
	toExposed    = []Kind{Notice, Combined}
	news         = []Kind{Deletion, Notice, Combined, Reassurance, FollowUp, Reminder}
)

// fields are all there are. A field that a template must print is one the law
// or the safety of the reader asks for.
var fields = map[string]field{
	"company":    {says: "the company", must: Kinds(), value: func(f *Facts, _ *Details, l lang) string { return f.Company.in(l) }},
	"incident":   {says: "public number of the incident", value: func(f *Facts, _ *Details, _ lang) string { return f.Incident }},
	"date":       {says: "date of the letter", value: func(f *Facts, _ *Details, l lang) string { return when(f.Now, f.Zone, l) }},
	"as_of":      {says: "when what is said was true", must: []Kind{Reassurance, SelfCheck}, value: func(f *Facts, _ *Details, l lang) string { return when(f.AsOf, f.Zone, l) }},
	"happened":   {says: "when the first wrong mail left", value: func(f *Facts, _ *Details, l lang) string { return when(f.Happened, f.Zone, l) }},
	"noticed":    {says: "when it was noticed", value: func(f *Facts, _ *Details, l lang) string { return when(f.Noticed, f.Zone, l) }},
	"stopped":    {says: "when sending was stopped", value: func(f *Facts, _ *Details, l lang) string { return when(f.Stopped, f.Zone, l) }},
	"next":       {says: "when more will be said", value: func(f *Facts, _ *Details, l lang) string { return when(f.Next, f.Zone, l) }},
	"outline":    {says: "what happened", must: toExposed, value: func(f *Facts, _ *Details, l lang) string { return f.Outline.in(l) }},
	"cause":      {says: "why", must: toExposed, value: func(f *Facts, _ *Details, l lang) string { return f.Cause.in(l) }},
	"items":      {says: "data that went out beside the kinds", in: append([]Kind{FollowUp, SelfCheck}, toExposed...), must: toExposed, value: func(f *Facts, _ *Details, l lang) string { return f.Items.in(l) }},
	"not_leaked": {says: "what did not go out", value: func(f *Facts, _ *Details, l lang) string { return f.NotLeaked.in(l) }},
	"secondary":  {says: "misuse that is known or feared", must: toExposed, value: func(f *Facts, _ *Details, l lang) string { return f.Secondary.in(l) }},
	"measures":   {says: "what is done", value: func(f *Facts, _ *Details, l lang) string { return f.Measures.in(l) }},
	"other":      {says: "other matters of reference", must: toExposed, value: func(f *Facts, _ *Details, l lang) string { return f.Other.in(l) }},
	"news":       {says: "what is known since, or was wrong before", in: []Kind{FollowUp}, must: []Kind{FollowUp}, value: func(f *Facts, _ *Details, l lang) string { return f.News.in(l) }},
	"persons":    {says: "how many people's data went out, confirmed and at most", in: news, value: func(f *Facts, _ *Details, l lang) string { return counted(f.Persons, l) }},
	"recipients": {says: "how many were sent it, confirmed and at most", in: news, value: func(f *Facts, _ *Details, l lang) string { return counted(f.Recipients, l) }},
	"deleted": {says: "how many of them have confirmed that it is deleted", in: news, value: func(f *Facts, _ *Details, _ lang) string {
		if f.Deleted.Confirmed == 0 {
			return ""
		}
		return thousands(f.Deleted.Confirmed)
	}},

	"desk_mail":  {says: "the contact's mail address", value: func(f *Facts, _ *Details, _ lang) string { return f.Desk.Mail }},
	"desk_phone": {says: "the contact's telephone", must: Kinds(), value: func(f *Facts, _ *Details, _ lang) string { return f.Desk.Phone }},
	"desk_hours": {says: "the contact's hours", must: Kinds(), value: func(f *Facts, _ *Details, l lang) string { return f.Desk.Hours.in(l) }},
	"sender":     {says: "the address our letters come from", value: func(f *Facts, _ *Details, _ lang) string { return f.Sender }},
	"verify":     {says: "the page that tells whether a mail is ours, to be typed", must: Kinds(), value: func(f *Facts, _ *Details, _ lang) string { return typed(f.Verify) }},
	"code":       {says: "receipt code of this letter", must: Kinds(), value: func(_ *Facts, d *Details, _ lang) string { return d.Code.String() }},
	"never_ask":  {says: "what we never ask, in fixed words", must: Kinds(), value: func(_ *Facts, _ *Details, l lang) string { return neverAsk.in(l) }},

	"mails": {says: "the wrong mails the addressee was sent: when, what for, whether they may not have arrived", in: append([]Kind{SelfCheck}, toRecipients...), must: toRecipients,
		value: func(f *Facts, d *Details, l lang) string { return mailLines(d.Mails, f.Zone, l) }},
	"asked": {says: "when the first letter was sent", in: []Kind{Reminder}, value: func(f *Facts, d *Details, l lang) string { return when(d.Asked, f.Zone, l) }},
	"page": {says: "the page of this letter, as a link", in: append([]Kind{SelfCheckLink}, toRecipients...), must: append([]Kind{SelfCheckLink}, toRecipients...),
		value: func(_ *Facts, d *Details, _ lang) string { return d.Page }},
	"page_typed": {says: "the same page to be typed; it asks for address and code", in: append([]Kind{SelfCheckLink}, toRecipients...), must: toRecipients,
		value: func(_ *Facts, d *Details, _ lang) string { return typed(d.Typed) }},
	"until": {says: "when the page ends", in: []Kind{SelfCheckLink, Deletion, Combined, Reminder}, value: func(f *Facts, d *Details, l lang) string { return when(d.Until, f.Zone, l) }},

	"kinds": {says: "kinds of the addressee's data that went out, confirmed", in: append([]Kind{FollowUp, SelfCheck}, toExposed...), must: append([]Kind{SelfCheck}, toExposed...),
		value: func(_ *Facts, d *Details, l lang) string { return kindLines(d.Kinds, l) }},
	"maybe_kinds": {says: "kinds that may have", in: append([]Kind{FollowUp, SelfCheck}, toExposed...), must: append([]Kind{SelfCheck}, toExposed...),
		value: func(_ *Facts, d *Details, l lang) string { return kindLines(d.MaybeKinds, l) }},
	"neither": {says: "for {?neither} and {!neither}: the addressee is not concerned, and nothing is unread", in: []Kind{SelfCheck}, value: func(f *Facts, d *Details, _ lang) string {
		return asked(!f.Unread && len(d.Mails)+len(d.Kinds)+len(d.MaybeKinds) == 0)
	}},
	"shared":    {says: "for {?shared}: several people use the mailbox", in: append([]Kind{SelfCheck}, news...), value: func(_ *Facts, d *Details, _ lang) string { return asked(d.Shared) }},
	"paper":     {says: "for {?paper} and {!paper}: the letter is printed", value: func(_ *Facts, d *Details, _ lang) string { return asked(d.Paper) }},
	"unread":    {says: "for {?unread}: parts of the wrong mails could not be read yet", in: []Kind{SelfCheck, FollowUp}, value: func(f *Facts, _ *Details, _ lang) string { return asked(f.Unread) }},
	"reference": {says: "number of the question", in: []Kind{Question}, must: []Kind{Question}, value: func(_ *Facts, d *Details, _ lang) string { return d.Reference }},
}

// flags are fields that can be asked but not printed.
var flags = map[string]bool{"neither": true, "shared": true, "unread": true, "paper": true}

func asked(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// neverAsk is in every letter, and not left to templates: who imitates our
// letters wants just these.
var neverAsk = Text{
	"この件で当社が、パスワード、クレジットカード番号、暗証番号、認証コードをお尋ねすることは決してありません。お支払いやお振込みをお願いすることも、ソフトウェアの導入をお願いすることもありません。",
	"About this matter we will never ask for passwords, card numbers, PINs or one-time codes, for a payment or a transfer, or for software to be installed.",
}

// typed is an URL without its scheme, so that few programs make a link of it.
func typed(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	return rest
}

// allowed tells whether a template may print the field.
func (f field) allowed(k Kind) bool { return f.in == nil || slices.Contains(f.in, k) }

// Field is what FieldsOf tells of one.
type Field struct {
	Name string
	Says string
	Must bool // the template has to print it
}

// FieldsOf lists what the template of a kind may print, by name.
func FieldsOf(k Kind) []Field {
	var all []Field
	for name, f := range fields {
		if f.allowed(k) {
			all = append(all, Field{Name: name, Says: f.says, Must: slices.Contains(f.must, k)})
		}
	}
	slices.SortFunc(all, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return all
}
