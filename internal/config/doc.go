// Package config reads the flags, the environment and the file .env.production, in this order of
// precedence, into one checked Config.
//
//	file ─┐ warnings: unknown names
//	env  ─┴─> variables, secrets read from NAME_FILE ──> flags ──> buildConfig ──> Config
//
// Load checks everything, so that a Config it returned can be used. Only this package reads the
// environment. Every setting has a variable, and most also have a flag. The program starts without
// any.
//
// A value in the wrong place may be a password. So errors and warnings name the setting and the
// rule and never quote a value, except for plain words of a command line. Secret and Address print
// themselves without their secrets.
package config
