//go:build !race

package crash

// raced says that the race detector makes everything many times slower.
const raced = false
