package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Client asks one server.
type Client struct {
	base     string
	http     *http.Client
	as       string // name of staff; empty: whoever the socket says
	password string
}

// As is a client that acts under a name of staff.
func (c *Client) As(name, password string) *Client {
	signed := *c
	signed.as, signed.password = name, password
	return &signed
}

// Unix is a client of the server whose control socket is at path.
func Unix(path string) *Client {
	var d net.Dialer
	return New("http://kakitome", &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialContext(ctx, "unix", path) },
	})
}

// New is a client of the server at base, reached through transport.
func New(base string, transport http.RoundTripper) *Client {
	return &Client{base: strings.TrimSuffix(base, "/"), http: &http.Client{Transport: transport}}
}

// Error makes a Problem an error.
func (p *Problem) Error() string { return p.Detail }

// mostAnswer bounds an error answer that is read into memory.
const mostAnswer = 1 << 20

// call sends one request. in is a body: nil, an io.Reader sent as it is, or a
// value sent as JSON. out is what the answer is decoded into, or nil.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	return c.ask(ctx, method, path, query, in, func(answer io.Reader) error {
		if out == nil {
			return nil
		}
		return json.NewDecoder(answer).Decode(out)
	})
}

// copy sends one request and writes the answer as it comes.
func (c *Client) copy(ctx context.Context, path string, query url.Values, w io.Writer) error {
	return c.ask(ctx, http.MethodGet, path, query, nil, func(answer io.Reader) error {
		_, err := io.Copy(w, answer)
		return err
	})
}

// ask sends one request and has a good answer read.
func (c *Client) ask(ctx context.Context, method, path string, query url.Values, in any, read func(io.Reader) error) error {
	req, err := c.request(ctx, method, path, query, in)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("ask server: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		return problem(resp)
	}
	if err := read(resp.Body); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, in any) (*http.Request, error) {
	var body io.Reader
	kind := "application/json"
	switch v := in.(type) {
	case nil:
	case io.Reader:
		body, kind = v, "application/octet-stream"
	default:
		data, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if c.as != "" {
		req.Header.Set("Kakitome-As", c.as)
		req.Header.Set("Kakitome-Password", c.password)
	}
	return req, nil
}

func problem(resp *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	p := &Problem{}
	if err != nil || json.Unmarshal(data, p) != nil || p.Detail == "" {
		return fmt.Errorf("server answered %s", resp.Status)
	}
	return p
}

// IsNotFound tells whether the server does not know what was asked for.
func IsNotFound(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status == http.StatusNotFound
}
