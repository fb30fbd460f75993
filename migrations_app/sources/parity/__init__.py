"""Two databases, compared table by table, in small steps that can be taken up again."""
