#!/bin/sh
# label: long. Fifty random moments of each kind of test_sweep_kill.sh.
exec "$TRABECULA_SOURCE_DIR/tests/cases/test_sweep_kill.sh" 50
