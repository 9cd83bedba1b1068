package response

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/internal/survey"
)

const maxLog = 256 << 20 // bytes of a foreign log

// Foreign takes in what another system has of an incident: a tar of a log
// (*.csv, first) and of mails (*.eml). The incident is about them from then on.
func (d *Desk) Foreign(ctx context.Context, who, id string, file io.Reader) (*client.ForeignTaken, error) {
	if _, err := d.Course(ctx, id); err != nil {
		return nil, err
	}
	archive := tar.NewReader(file)
	in := survey.ForeignImport{Incident: id, Who: who, Zone: d.Zone}
	first, err := archive.Next()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "import foreign mail", "the request is no archive, or an empty one", err)
	}
	if strings.HasSuffix(strings.ToLower(first.Name), ".csv") {
		log, err := io.ReadAll(io.LimitReader(archive, maxLog+1))
		if err != nil {
			return nil, fmt.Errorf("read foreign log: %w", err)
		}
		if len(log) > maxLog {
			return nil, fault.New(fault.TooLarge, "import foreign mail", "the log is larger than 256 MiB")
		}
		in.Log, in.LogName = bytes.NewReader(log), first.Name
		first = nil
	}
	in.Mails = filesOf(archive, first)
	r, err := d.Survey.ImportForeign(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := d.about(ctx, who, id, r); err != nil {
		return nil, err
	}
	out := &client.ForeignTaken{Mails: r.Mails, Recipients: r.Deliveries, Missing: r.WithoutContent, Already: r.Already, Unlisted: r.Unlisted}
	return out, d.noted(ctx, who, id, fmt.Sprintf("%d foreign mails to %d recipients were taken in, %d without content", r.Mails, r.Deliveries, r.WithoutContent))
}

// filesOf are the mails of an archive, first the one that was begun already.
func filesOf(archive *tar.Reader, first *tar.Header) iter.Seq2[survey.ForeignFile, error] {
	return func(yield func(survey.ForeignFile, error) bool) {
		for h := first; ; h = nil {
			if h == nil {
				var err error
				if h, err = archive.Next(); errors.Is(err, io.EOF) {
					return
				} else if err != nil {
					yield(survey.ForeignFile{}, fault.Wrap(fault.Invalid, "import foreign mail", "the archive is broken off", err))
					return
				}
			}
			if h.Typeflag != tar.TypeReg {
				continue
			}
			if !strings.HasSuffix(strings.ToLower(h.Name), ".eml") {
				yield(survey.ForeignFile{}, fault.Newf(fault.Invalid, "import foreign mail", "%s is neither a mail (.eml) nor the log, which comes first", h.Name))
				return
			}
			data, err := io.ReadAll(io.LimitReader(archive, survey.MostForeignMail+1))
			if err == nil && len(data) > survey.MostForeignMail {
				err = fault.Newf(fault.TooLarge, "import foreign mail", "%s is larger than 64 MiB", h.Name)
			}
			if !yield(survey.ForeignFile{Name: h.Name, Data: data}, err) || err != nil {
				return
			}
		}
	}
}

// about makes an incident be about what was taken in, without what it replaces.
func (d *Desk) about(ctx context.Context, who, id string, r *survey.ForeignImported) error {
	c, err := d.Course(ctx, id)
	if err != nil {
		return err
	}
	sel, err := d.resolved(ctx, c)
	if err != nil {
		return err
	}
	part := scope.Part{Stream: r.Stream}
	has := slices.ContainsFunc(sel.Any, func(p scope.Part) bool { return p.Stream == part.Stream })
	if has && len(r.Superseded) == 0 {
		return nil
	}
	if !has {
		sel.Any = append(sel.Any, part)
	}
	sel.Without = append(sel.Without, r.Superseded...)
	written, err := json.Marshal(sel)
	if err != nil {
		return fault.Wrap(fault.Internal, "select mails", "the selection cannot be written down", err)
	}
	_, err = d.act(ctx, id, incident.Event{Kind: incident.Selected, By: who, Selection: written}, freezing(d, sel))
	return err
}
