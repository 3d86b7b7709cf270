"""What JSON is made of."""

JsonValue = str | int | float | bool | list["JsonValue"] | dict[str, "JsonValue"] | None
