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

// Error codes of the server that this package treats in its own way. The MongoDB names follow in
// comments.
const (
	codeNoUser    = 18    // AuthenticationFailed
	codeNoStreams = 40573 // $changeStream needs a replica set
	codeFailed    = 9     // FailedToParse: a token of another kind of server
	codeLost      = 286   // ChangeStreamHistoryLost
	codeFatal     = 280   // ChangeStreamFatalError
	codeBadToken  = 260   // InvalidResumeToken
)

// errClosed answers every call after Close.
var errClosed = fmt.Errorf("store is closed: %w", briefing.ErrUnavailable)

// translate turns an error of the driver into one of briefing's kinds, and wraps the cause for the
// log. An error that has a kind is returned unchanged. A caller's cancellation is reduced to
// context.Canceled. A passed deadline, the caller's or this package's own, becomes ErrUnavailable.
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

// isTransient reports whether the same call may succeed later. The server was not reached, did not
// answer in time, is not a primary, is shutting down or cannot write for the moment, or this store
// is closed.
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
	text := err.Error() // the driver has no type for these
	return strings.Contains(text, "server selection error") || strings.Contains(text, "connection") ||
		strings.Contains(text, "topology is closed")
}

// transientCodes are the server's codes for states that pass: stepping down, shutting down, members
// that cannot be reached, a write concern that is not satisfied, a full disk.
var transientCodes = []int{
	6, 7, 50, 64, 89, 91, 100, 112, 189, 202, 251, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031,
}

// hasCode reports whether err is a server's error with one of the codes.
func hasCode(err error, codes ...int) bool {
	var server mongo.ServerError
	return errors.As(err, &server) && slices.ContainsFunc(codes, server.HasErrorCode)
}

// hasKind reports whether err has one of the kinds that a store answers with.
func hasKind(err error) bool {
	for _, kind := range []error{
		briefing.ErrNotFound, briefing.ErrConflict, briefing.ErrInvalid, briefing.ErrNotOwner, briefing.ErrNotDue,
		briefing.ErrUnavailable, briefing.ErrFeedLost,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// errBadURI is the whole message for an address that the driver cannot parse. Any part of such an
// address may be a part of the password, so none is quoted.
var errBadURI = errors.New("DATABASE_URI cannot be used: it must look like mongodb://USER:PASSWORD@HOST:PORT/?replicaSet=NAME, " +
	"with options that the driver knows; reserved characters in the user and the password must be URL-escaped")

// redact returns an error of connecting without the parts of the address that the driver quotes.
// The messages of the network and of the file system stay.
func (s *Store) redact(err error) error {
	var (
		lookup *net.DNSError
		dial   *net.OpError
		file   *fs.PathError
	)
	switch {
	case strings.Count(s.cfg.URI, "@") > 1: // the driver uses a part of the password as the host
		return errBadURI
	case errors.As(err, &file):
		return fmt.Errorf("a file that DATABASE_URI names: %w", file.Err)
	case s.calls == nil && !errors.As(err, &lookup) && !errors.As(err, &dial):
		// A mongodb+srv address is looked up while it is parsed; such errors are the network's.
		return errBadURI // without a client, the driver could not parse the address
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

// secretsIn returns the parts of an address that must not be printed, as written and unescaped.
// Parts shorter than four bytes are left out, because they occur in any text.
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
