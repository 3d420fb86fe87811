// What the tests of the node put into pods: a server that tells who it is, and that fetches what it is asked to.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

func main() {
	if len(os.Args) == 3 && os.Args[1] == "say" {
		fmt.Println(os.Args[2])
		return
	}
	http.HandleFunc("/", name)
	http.HandleFunc("/who", who)
	http.HandleFunc("/get", get)
	http.HandleFunc("/api", api)
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func name(answer http.ResponseWriter, _ *http.Request) {
	host, err := os.Hostname()
	said(answer, host, err)
}

// who: the lines of /proc/self/status about rights, and whether the root file system can be written to.
func who(answer http.ResponseWriter, _ *http.Request) {
	status, err := os.ReadFile("/proc/self/status")
	lines := []string{}
	for _, line := range strings.Split(string(status), "\n") {
		field, value, _ := strings.Cut(line, ":")
		switch field {
		case "Uid", "CapEff", "NoNewPrivs", "Seccomp":
			lines = append(lines, field+" "+strings.Fields(value)[0])
		}
	}
	written := "writable"
	if write := os.WriteFile("/probe", nil, 0o600); write != nil {
		written = write.Error()
	}
	said(answer, strings.Join(append(lines, "root "+written), "\n"), err)
}

// get: the body behind ?url=, or 502 and why there is none.
func get(answer http.ResponseWriter, question *http.Request) {
	body, err := fetch(http.DefaultTransport, question.URL.Query().Get("url"), "")
	said(answer, body, err)
}

// api: what the API server answers to the pod's own ServiceAccount under the name that every client uses.
func api(answer http.ResponseWriter, question *http.Request) {
	authority, err := os.ReadFile(account + "ca.crt")
	if err == nil {
		var token []byte
		if token, err = os.ReadFile(account + "token"); err == nil {
			trusted := x509.NewCertPool()
			trusted.AppendCertsFromPEM(authority)
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
			var body string
			body, err = fetch(transport, "https://kubernetes.default.svc"+question.URL.Query().Get("path"), string(token))
			said(answer, body, err)
			return
		}
	}
	said(answer, "", err)
}

func fetch(transport http.RoundTripper, url, token string) (string, error) {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{Transport: transport, Timeout: 5 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return fmt.Sprintf("%d %s", answer.StatusCode, body), err
}

func said(answer http.ResponseWriter, text string, err error) {
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadGateway)
		return
	}
	fmt.Fprintln(answer, text)
}
