// Package service has the use cases: what a caller can ask of the server, whatever the transport.
package service
