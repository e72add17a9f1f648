"""What numbers the kernels compute, and how: integer scaling, tables, products, random bits."""
