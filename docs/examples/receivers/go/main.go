// Receives webhooks with the library of Standard Webhooks:
//
//	PORT=3000 WEBHOOK_SECRET=whsec_… go run .
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

type event struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Sequence *int   `json:"sequence"`
	Data     struct {
		BillingCustomerID string `json:"billing_customer_id"`
	} `json:"data"`
}

// In production, keep both in your database: the ids for 30 days.
var (
	lock    sync.Mutex
	seen    = map[string]bool{}
	highest = map[string]int{}
)

// record returns whether an event must be processed: it is new, and no later one of its customer was there.
func record(e event) bool {
	lock.Lock()
	defer lock.Unlock()
	if seen[e.ID] {
		return false
	}
	seen[e.ID] = true
	customer := e.Data.BillingCustomerID
	if customer == "" || e.Sequence == nil {
		return true
	}
	if *e.Sequence < highest[customer] {
		return false
	}
	highest[customer] = *e.Sequence
	return true
}

func main() {
	webhook, err := standardwebhooks.NewWebhook(os.Getenv("WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		// The signature is of these bytes. A body that was parsed and written again is another body.
		body, err := io.ReadAll(r.Body)
		var e event
		if err != nil || webhook.Verify(body, r.Header) != nil || json.Unmarshal(body, &e) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		isNew := record(e)
		// Answer before you work: after 15 seconds without an answer, the event is sent again.
		w.WriteHeader(http.StatusNoContent)
		if isNew {
			sequence := "null"
			if e.Sequence != nil {
				sequence = fmt.Sprint(*e.Sequence)
			}
			fmt.Println(e.ID, e.Type, sequence)
		}
	})
	port := os.Getenv("PORT")
	if port == "" {
		port = "3000"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	log.Fatal(http.Serve(listener, nil))
}
