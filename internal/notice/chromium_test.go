package notice

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"
)

// browser is a real Chromium with one tab, spoken to over a pipe in the
// DevTools protocol.
type browser struct {
	t       testing.TB
	in      *os.File
	out     *bufio.Reader
	last    int
	session string
	events  []string
}

// chromium starts one; without it the test is skipped, but not where
// everything must be tested.
func chromium(t testing.TB) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "chromium")
	}
	theirs, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, answers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 4*time.Minute)
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--accept-lang=ja",
		"--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{theirs, answers} // 3 and 4, as the pipe expects
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirs.Close(), answers.Close()
	b := &browser{t: t, in: in, out: bufio.NewReaderSize(out, 1<<20)}
	t.Cleanup(func() {
		_, _ = in.Close(), out.Close() // it ends when nobody is at the pipe, in its own time
		_ = cmd.Wait()
		cancel()
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	b.call("Page.enable", nil, nil)
	return b
}

// missing skips a test that needs something else installed.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed: scripts/install-test-deps", what)
	}
	t.Skipf("%s is not installed", what)
}

// message is a call, an answer or an event.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// call calls a method and waits for its answer.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.last++
	line, err := json.Marshal(message{ID: b.last, Session: b.session, Method: method, Params: params})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(line, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	for {
		m := b.next()
		if m.ID != b.last {
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

// next is the next message; events are remembered.
func (b *browser) next() message {
	b.t.Helper()
	line, err := b.out.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("chromium: %v", err)
	}
	var m message
	if err := json.Unmarshal(bytes.TrimSuffix(line, []byte{0}), &m); err != nil {
		b.t.Fatal(err)
	}
	if m.ID == 0 {
		b.events = append(b.events, m.Method)
	}
	return m
}

// loads does something that leads to another page, and waits until it is there.
func (b *browser) loads(do func()) {
	b.t.Helper()
	b.events = nil
	do()
	for {
		for _, e := range b.events {
			if e == "Page.loadEventFired" {
				return
			}
		}
		b.next()
	}
}

// visit opens an address.
func (b *browser) visit(url string) {
	b.t.Helper()
	b.loads(func() {
		var r struct{ ErrorText string }
		b.call("Page.navigate", map[string]any{"url": url}, &r)
		if r.ErrorText != "" {
			b.t.Fatalf("%s: %s", url, r.ErrorText)
		}
	})
}

// screen sets what the page is seen on; a phone's pixels are small.
func (b *browser) screen(width, height int, scale float64, phone bool) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone}, nil)
}

// dark sets the colour scheme the visitor prefers.
func (b *browser) dark(on bool) {
	b.t.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// eval runs a script in the page, as the console would, and gives its value.
func (b *browser) eval(script string, value any) {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("script: %.2000s", r.ExceptionDetails)
	}
	if value != nil {
		if err := json.Unmarshal(r.Result.Value, value); err != nil {
			b.t.Fatalf("script: %v: %s", err, r.Result.Value)
		}
	}
}

// node finds an element.
func (b *browser) node(selector string) int {
	b.t.Helper()
	var doc struct{ Root struct{ NodeID int } }
	b.call("DOM.getDocument", nil, &doc)
	var n struct{ NodeID int }
	b.call("DOM.querySelector", map[string]any{"nodeId": doc.Root.NodeID, "selector": selector}, &n)
	if n.NodeID == 0 {
		b.t.Fatalf("no %s in the page: %s", selector, b.html())
	}
	return n.NodeID
}

// types fills a field in, key by key as far as the page can see.
func (b *browser) types(selector, text string) {
	b.t.Helper()
	b.call("DOM.focus", map[string]any{"nodeId": b.node(selector)}, nil)
	b.call("Input.insertText", map[string]any{"text": text}, nil)
}

// click clicks an element in its middle.
func (b *browser) click(selector string) {
	b.t.Helper()
	n := b.node(selector)
	b.call("DOM.scrollIntoViewIfNeeded", map[string]any{"nodeId": n}, nil)
	var box struct{ Model struct{ Content []float64 } }
	b.call("DOM.getBoxModel", map[string]any{"nodeId": n}, &box)
	q := box.Model.Content
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": (q[0] + q[4]) / 2, "y": (q[1] + q[5]) / 2, "button": "left", "clickCount": 1}, nil)
	}
}

// html is the page as it is now.
func (b *browser) html() string {
	b.t.Helper()
	var doc struct{ Root struct{ NodeID int } }
	b.call("DOM.getDocument", nil, &doc)
	var r struct{ OuterHTML string }
	b.call("DOM.getOuterHTML", map[string]any{"nodeId": doc.Root.NodeID}, &r)
	return r.OuterHTML
}

// picture is the page from its top, as a PNG.
func (b *browser) picture(width, height int) []byte {
	b.t.Helper()
	var r struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true,
		"clip": map[string]any{"x": 0, "y": 0, "width": width, "height": height, "scale": 1}}, &r)
	png, err := base64.StdEncoding.DecodeString(r.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	return png
}
