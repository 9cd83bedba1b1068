// Package admin is what staff and scripts may ask and do, one method each,
// whatever door they come by.
//
// It keeps true that every act is audited in the transaction that does it,
// that held mail is released only on the judgement that was shown (what has
// changed since is judged again first), that a change of the roster is
// effective in this node when the act returns, and that values of identifiers
// are shown only to who asks for them, which is audited too.
package admin
