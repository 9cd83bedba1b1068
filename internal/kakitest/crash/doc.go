// Package crash is where Kakitome is treated badly: killed at any instant,
// raced by many sessions and several nodes, left without its database, stopped
// under load. Its tests cite P2, P3, P4 and P6.
//
// It keeps true that the tests see the program from outside only: a real
// process or a whole app, real SMTP on both sides, the control socket, and the
// evidence log as an auditor reads it. The pieces here are what such tests need:
// a Sink that records what the relay was given, a Conn that sends as an
// application's queue does, and a Process to kill.
//
// The tests are short by default. KAKITOME_CRASH_ROUNDS (make crash) says how
// often a process is killed, and makes the others run in full.
package crash
