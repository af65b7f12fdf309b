"""The public DMN Technology Compatibility Kit, run against our FEEL and DMN: `make conformance TCK=DIR`."""
