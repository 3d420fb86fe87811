// What kstatus makes of objects: one JSON object a line on standard input, one verdict a line on standard output.
//
// It is the library that Flux and Helm 4 wait with, so nothing of its rules is written down here a second time.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type verdict struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

func main() {
	if err := judgeAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judgeAll(objects io.Reader, verdicts io.Writer) error {
	decoder, encoder := json.NewDecoder(objects), json.NewEncoder(verdicts)
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading an object: %w", err)
		}
		said, err := judge(raw)
		if err != nil {
			return err
		}
		if err := encoder.Encode(said); err != nil {
			return fmt.Errorf("writing a verdict: %w", err)
		}
	}
}

func judge(raw []byte) (verdict, error) {
	object := &unstructured.Unstructured{}
	// Not json.Unmarshal: whole numbers have to become int64, as they are in clients of the API server.
	if err := object.UnmarshalJSON(raw); err != nil {
		return verdict{}, fmt.Errorf("not an object: %w", err)
	}
	result, err := status.Compute(object)
	if err != nil {
		return verdict{}, fmt.Errorf("kstatus cannot judge %s: %w", object.GetName(), err)
	}
	return verdict{Status: result.Status.String(), Message: result.Message}, nil
}
