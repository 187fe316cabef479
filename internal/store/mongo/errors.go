package mongo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"bis/internal/briefing"
)

// Codes of the server.
const (
	codeNoUser    = 18    // AuthenticationFailed
	codeNoStreams = 40573 // $changeStream needs a replica set
	codeFailed    = 9     // FailedToParse: a token of another kind of server
	codeLost      = 286   // ChangeStreamHistoryLost
	codeFatal     = 280   // ChangeStreamFatalError
	codeBadToken  = 260   // InvalidResumeToken
)

var errClosed = fmt.Errorf("store is closed: %w", briefing.ErrUnavailable)

// translate turns an error of the driver into a kind of briefing's, with the cause behind it for the log. Errors
// that have a kind already, and a caller's leaving, stay as they are.
func translate(operation string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, mongo.ErrNoDocuments):
		return fmt.Errorf("%s: %w", operation, briefing.ErrNotFound)
	case hasKind(err):
		return err
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", operation, context.Canceled)
	case isTransient(err):
		return fmt.Errorf("%s: %w: %w", operation, briefing.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// away reports whether the same call may succeed later: the server was not reached or did not answer in time, is no primary,
// is shutting down, cannot write for the moment, or this store is closed.
func isTransient(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || mongo.IsTimeout(err) || mongo.IsNetworkError(err) ||
		errors.Is(err, mongo.ErrClientDisconnected) || errors.Is(err, errClosed) {
		return true
	}
	var server mongo.ServerError
	if errors.As(err, &server) {
		return slices.ContainsFunc(transientCodes, server.HasErrorCode) ||
			server.HasErrorLabel("RetryableWriteError") || server.HasErrorLabel("TransientTransactionError") ||
			server.HasErrorLabel("UnknownTransactionCommitResult")
	}
	text := err.Error() // what the driver has no type for
	return strings.Contains(text, "server selection error") || strings.Contains(text, "connection") || strings.Contains(text, "topology is closed")
}

// awayCodes are the server's codes for a state that passes: stepping down, shutting down, unreachable members,
// write concern not satisfied, disk full.
var transientCodes = []int{6, 7, 50, 64, 89, 91, 100, 112, 189, 202, 251, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031}

func hasCode(err error, codes ...int) bool {
	var server mongo.ServerError
	return errors.As(err, &server) && slices.ContainsFunc(codes, server.HasErrorCode)
}

// hasKind reports whether err is a refusal that a store makes itself.
func hasKind(err error) bool {
	for _, kind := range []error{briefing.ErrNotFound, briefing.ErrConflict, briefing.ErrNotOwner, briefing.ErrUnavailable, briefing.ErrFeedLost} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// errAddress is all that is said of an address that the driver does not understand: any piece of it
// may be a piece of the password.
var errBadURI = errors.New("DATABASE_URI cannot be used: it must look like mongodb://USER:PASSWORD@HOST:PORT/?replicaSet=NAME, " +
	"with options that the driver knows; reserved characters in the user and the password must be URL-escaped")

// withoutSecrets is an error of connecting without the pieces of the address that the driver
// quotes. What the network or the file system says stays.
func (s *Store) redact(err error) error {
	var (
		lookup *net.DNSError
		dial   *net.OpError
		file   *fs.PathError
	)
	switch {
	case strings.Count(s.cfg.URI, "@") > 1:
		return errBadURI
	case errors.As(err, &file):
		return fmt.Errorf("a file that DATABASE_URI names: %w", file.Err)
	case s.calls == nil && !errors.As(err, &lookup) && !errors.As(err, &dial): // no client: the address was not understood
		return errBadURI
	}
	text := err.Error()
	for _, secret := range secretsIn(s.cfg.URI) {
		text = strings.ReplaceAll(text, secret, "…")
	}
	if text != err.Error() {
		return errors.New(text)
	}
	return err
}

// secretsOf are the pieces of an address that must not be printed, as they are written and
// unescaped. Short pieces are left out: they occur in any text.
func secretsIn(uri string) []string {
	list := []string{uri}
	_, rest, _ := strings.Cut(uri, "://")
	if user, _, found := strings.Cut(rest, "@"); found {
		_, password, _ := strings.Cut(user, ":")
		list = append(list, user, password)
		if plain, err := url.PathUnescape(password); err == nil {
			list = append(list, plain)
		}
	}
	_, options, _ := strings.Cut(rest, "?")
	return slices.DeleteFunc(append(list, options), func(piece string) bool { return len(piece) < 4 })
}
