// What Argo CD makes of objects by a health check in Lua: `argohealth SCRIPT`, one JSON object a line on standard input,
// one verdict a line on standard output.
//
// The interpreter is Argo CD's, with no more of Lua's libraries than a check in argocd-cm gets (argo-cd, util/lua/lua.go:
// package, base, table and a part of os, which is left out here; no string, no io), and within its second. What is being
// deleted is judged before any script, as in gitops-engine's health.GetResourceHealth.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	lua "github.com/yuin/gopher-lua"
)

const within = time.Second

var (
	statuses  = map[string]bool{"Healthy": true, "Progressing": true, "Degraded": true, "Suspended": true, "Missing": true, "Unknown": true}
	libraries = map[string]lua.LGFunction{lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable}
)

type verdict struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string, objects io.Reader, verdicts io.Writer) error {
	if len(arguments) != 1 {
		return errors.New("usage: argohealth SCRIPT")
	}
	script, err := os.ReadFile(arguments[0])
	if err != nil {
		return err
	}
	decoder, encoder := json.NewDecoder(objects), json.NewEncoder(verdicts)
	for {
		var object map[string]any
		if err := decoder.Decode(&object); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading an object: %w", err)
		}
		said, err := judge(string(script), object)
		if err != nil {
			return err
		}
		if err := encoder.Encode(said); err != nil {
			return fmt.Errorf("writing a verdict: %w", err)
		}
	}
}

func judge(script string, object map[string]any) (verdict, error) {
	metadata, _ := object["metadata"].(map[string]any)
	if metadata["deletionTimestamp"] != nil {
		return verdict{Status: "Progressing", Message: "Pending deletion"}, nil
	}
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range libraries {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(open), Protect: true}, lua.LString(name)); err != nil {
			return verdict{}, err
		}
	}
	limited, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	state.SetContext(limited)
	state.SetGlobal("obj", inLua(state, object))
	if err := state.DoString(script); err != nil {
		return verdict{}, fmt.Errorf("the health check: %w", err)
	}
	return told(state.Get(-1))
}

func told(answer lua.LValue) (verdict, error) {
	table, ok := answer.(*lua.LTable)
	if !ok {
		return verdict{}, fmt.Errorf("the health check returned a %s, no table", answer.Type())
	}
	status := lua.LVAsString(table.RawGetString("status"))
	if !statuses[status] {
		return verdict{}, fmt.Errorf("the health check returned the status %q, which Argo CD does not know", status)
	}
	return verdict{Status: status, Message: lua.LVAsString(table.RawGetString("message"))}, nil
}

func inLua(state *lua.LState, value any) lua.LValue {
	switch known := value.(type) {
	case bool:
		return lua.LBool(known)
	case float64:
		return lua.LNumber(known)
	case string:
		return lua.LString(known)
	case []any:
		table := state.CreateTable(len(known), 0)
		for _, item := range known {
			table.Append(inLua(state, item))
		}
		return table
	case map[string]any:
		table := state.CreateTable(0, len(known))
		for name, item := range known {
			table.RawSetString(name, inLua(state, item))
		}
		return table
	}
	return lua.LNil
}
