// The oracle of the differential test: what Go's text/template and Sprig make of templates.
//
//	oracle cases results
//
// Reads one case a line, in the form of the vectors (src/test/resources/gotemplate/README.md), and writes one result a
// line: out and err, the base64 of the output so far and of the error's text, or panic. It is built with the tag
// faketime, so time.Now is always 2009-11-10 23:00:00 UTC; that tag puts headers into standard output, hence the files.
// Its time zone is that of the environment variable TZ.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

type testCase struct {
	Template    string          `json:"template"`
	TemplateB64 string          `json:"templateB64"`
	DataKind    string          `json:"dataKind"`
	Data        json.RawMessage `json:"data"`
	MissingKey  string          `json:"missingkey"`
	Funcs       string          `json:"funcs"`
}

type result struct {
	Out   []byte  `json:"out"`
	Err   *string `json:"err,omitempty"`
	Panic string  `json:"panic,omitempty"`
}

var functions = hermetic()

// hermetic is Sprig without what Signet leaves out, and with a now that has no monotonic reading.
func hermetic() template.FuncMap {
	all := sprig.GenericFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(all, name)
	}
	all["now"] = func() time.Time { return time.Now().Round(0) }
	return all
}

func main() {
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(cases, results string) error {
	in, err := os.Open(cases)
	if err != nil {
		return err
	}
	defer in.Close()
	file, err := os.Create(results)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	encoder := json.NewEncoder(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c testCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return fmt.Errorf("%w in %s", err, lines.Bytes())
		}
		if err := encoder.Encode(c.run()); err != nil {
			return err
		}
	}
	return errors.Join(lines.Err(), out.Flush(), file.Close())
}

func (c testCase) run() (r result) {
	var out bytes.Buffer
	defer func() {
		r.Out = out.Bytes()
		if p := recover(); p != nil {
			r.Panic = fmt.Sprint(p)
		}
	}()
	if err := c.render(&out); err != nil {
		text := base64.StdEncoding.EncodeToString([]byte(err.Error()))
		r.Err = &text
	}
	return
}

func (c testCase) render(out *bytes.Buffer) error {
	text := c.Template
	if c.TemplateB64 != "" {
		raw, err := base64.StdEncoding.DecodeString(c.TemplateB64)
		if err != nil {
			panic(err)
		}
		text = string(raw)
	}
	t := template.New("t").Option("missingkey=" + c.MissingKey)
	if c.Funcs != "none" {
		t.Funcs(functions)
	}
	if _, err := t.Parse(text); err != nil {
		return err
	}
	return t.Execute(out, c.data())
}

func (c testCase) data() any {
	if c.DataKind == "strings" {
		var data map[string]string
		if err := json.Unmarshal(c.Data, &data); err != nil {
			panic(err)
		}
		return data
	}
	decoder := json.NewDecoder(bytes.NewReader(c.Data))
	decoder.UseNumber()
	var data any
	if err := decoder.Decode(&data); err != nil {
		panic(err)
	}
	return value(data)
}

// value makes numbers without a fraction or exponent ints, and {"$b64": …} a string of any bytes.
func value(v any) any {
	switch v := v.(type) {
	case json.Number:
		if !strings.ContainsAny(string(v), ".eE") {
			n, err := v.Int64()
			if err != nil {
				panic(err)
			}
			return int(n)
		}
		f, err := v.Float64()
		if err != nil {
			panic(err)
		}
		return f
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = value(v[i])
		}
		return list
	case map[string]any:
		if text, ok := v["$b64"].(string); ok && len(v) == 1 {
			raw, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				panic(err)
			}
			return string(raw)
		}
		for key := range v {
			v[key] = value(v[key])
		}
	}
	return v
}
