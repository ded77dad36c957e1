#!/bin/sh
# label: long. Every documented command as it stands.
exec "$TRABECULA_SOURCE_DIR/tests/cases/test_documented.sh" whole
