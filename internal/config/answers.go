package config

import (
	"errors"
	"time"
)

// answerFlags are the flags for the bounds of answers and operations.
type answerFlags struct {
	InFlight      int           `name:"in-flight" setting:"BIS_IN_FLIGHT" default:"64" placeholder:"MIB" help:"MiB of answers, replays and histories that may wait for their readers, together; one address may have half. 0 lifts the limit."`
	MaxAnswer     int           `name:"max-answer" setting:"BIS_MAX_ANSWER" default:"16" placeholder:"MIB" help:"MiB that one GraphQL answer may have."`
	OperationTime time.Duration `name:"operation-time" setting:"BIS_OPERATION_TIME" default:"10s" placeholder:"DURATION" help:"How long one query or mutation may take, such as 10s."`
}

// apply checks the flags and sets their fields of cfg.
func (f answerFlags) apply(cfg *Config) error {
	switch {
	case f.InFlight != 0 && f.InFlight < 4 || f.InFlight > 1<<20:
		return errors.New("--in-flight must be 0 or 4 to 1048576, in MiB")
	case f.MaxAnswer < 1 || f.MaxAnswer > 1<<10:
		return errors.New("--max-answer must be 1 to 1024, in MiB")
	case f.OperationTime < time.Second || f.OperationTime > time.Hour:
		return errors.New("--operation-time must be 1s to 1h")
	}
	cfg.InFlight, cfg.MaxAnswer, cfg.OperationTime = int64(f.InFlight)<<20, f.MaxAnswer<<20, f.OperationTime
	return nil
}
