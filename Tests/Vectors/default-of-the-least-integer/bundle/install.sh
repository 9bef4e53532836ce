#!/bin/sh
exec ./sealift-install
