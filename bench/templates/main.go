// The same work as Rendering.java, by Go's text/template with Sprig.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func parse(text string) *template.Template {
	return must(template.New("bench").Option("missingkey=error").Funcs(sprig.TxtFuncMap()).Parse(text))
}

func execute(t *template.Template, data any) []byte {
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func main() {
	text := string(must(os.ReadFile(os.Args[1])))
	var data any
	if err := json.Unmarshal(must(os.ReadFile(os.Args[2])), &data); err != nil {
		panic(err)
	}
	if len(os.Args) == 3 {
		os.Stdout.Write(execute(parse(text), data))
		return
	}
	rounds := must(strconv.Atoi(os.Args[3]))
	parsed := parse(text)
	time1 := func(work func()) int64 {
		started := time.Now()
		for range rounds {
			work()
		}
		return time.Since(started).Nanoseconds() / int64(rounds)
	}
	var whole, executed []int64
	for range 3 {
		whole = append(whole, time1(func() { execute(parse(text), data) }))
		executed = append(executed, time1(func() { execute(parsed, data) }))
	}
	slices.Sort(whole)
	slices.Sort(executed)
	fmt.Println(whole[1], executed[1])
}
