package config

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
)

// Reference is docs/ops/configuration.md: every key with its type, default and
// meaning.
func Reference() []byte {
	var out bytes.Buffer
	out.WriteString(`# Configuration / 設定

One YAML file, ` + "`--config PATH`" + `, by default ` + "`" + DefaultPath + "`" + `. Without it every key has its
default. What is wrong in it stops the start and is told with file, line, key
and a hint. Secrets come from files or the environment, never from the YAML.

設定ファイルは一つ（YAML）。なければすべて既定値で動く。誤りがあれば起動せず、行と直し方を示す。
パスワードはファイルか環境変数で渡し、YAMLには書かない。

Durations: ` + "`90s`, `5m`, `12h`, `30d`, `1d12h`. Sizes: `512KiB`, `50MiB`, `1GB`" + `.

`)
	table(&out, "", reflect.TypeFor[Config]())
	out.WriteString(`
## Environment / 環境変数

| variable | meaning |
|---|---|
| ` + "`KAKITOME_RELAY_PASSWORD`" + ` | Goes before relay.password_file.<br>中継先のパスワード。 |
| ` + "`KAKITOME_DATABASE_PASSWORD`" + ` | Goes before database_password_file.<br>データベースのパスワード。 |
| ` + "`KAKITOME_FEED_NAME_DSN`" + ` | Goes before dsn_file of the feed of that name; in capitals, - as _.<br>その名前のfeedの接続先。名前は大文字、-は_。 |
`)
	return out.Bytes()
}

// table writes the single values of a mapping, then a section for each mapping
// in it.
func table(out *bytes.Buffer, key string, t reflect.Type) {
	var sections []func()
	if key != "" {
		fmt.Fprintf(out, "\n## %s\n\n", key)
	}
	out.WriteString("| key | type | default | meaning |\n|---|---|---|---|\n")
	for _, f := range fieldsOf(t) {
		name := join(key, f.name)
		of := f.of
		if of.Kind() == reflect.Slice && !isScalar(of.Elem()) {
			name, of = name+"[]", of.Elem()
		}
		if !isScalar(of) && of.Kind() == reflect.Struct {
			sections = append(sections, func() { table(out, name, of) })
			continue
		}
		value := "–"
		if text, ok := f.tag.Lookup("default"); ok {
			value = "`" + text + "`"
		}
		doc := strings.NewReplacer("|", "\\|").Replace(f.tag.Get("doc") + "<br>" + f.tag.Get("ja"))
		fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", f.name, typeName(of), value, doc)
	}
	for _, write := range sections {
		write()
	}
}

func typeName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return "duration"
	case reflect.TypeFor[Size]():
		return "size"
	case reflect.TypeFor[time.Time]():
		return "date"
	case reflect.TypeFor[jp.Kind]():
		return "kind"
	case reflect.TypeFor[policy.Mode]():
		return "mode"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "list of " + typeName(t.Elem())
	case reflect.Int:
		return "number"
	case reflect.Float64:
		return "share"
	case reflect.Bool:
		return "true or false"
	default:
		return "text"
	}
}
