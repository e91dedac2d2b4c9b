"""Reports: one result, many renderings. They look at nothing but the result."""
