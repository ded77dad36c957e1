#!/bin/sh
# label: long. Fifty random moments for each case of test_checkpoint.sh.
exec "$TRABECULA_SOURCE_DIR/tests/cases/test_checkpoint.sh" 50
