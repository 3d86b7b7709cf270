"""What may stand in a compose.yaml of ours: the members of the Compose Specification that are used, and no others."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Duration = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*s$")]
Port = Annotated[str, StringConstraints(pattern=r"^[0-9.]+:[1-9][0-9]{0,4}:[1-9][0-9]{0,4}$")]
Mount = Annotated[str, StringConstraints(pattern=r"^[./a-z][A-Za-z0-9._/-]*:/[A-Za-z0-9._/-]+(:ro)?$")]
Image = Annotated[str, StringConstraints(pattern=r"^\$\{[A-Z0-9_]+(:\?[^}]+)?\}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Condition(Strict):
    condition: Literal["service_started", "service_healthy", "service_completed_successfully"]


class Health(Strict):
    test: list[str] = Field(min_length=2)
    interval: Duration
    timeout: Duration
    retries: int
    start_period: Duration


class Logging(Strict):
    driver: str
    options: dict[str, str]


class Place(Strict):
    ipv4_address: str | None = None


class Service(Strict):
    image: Image
    build: Literal["."] | None = None
    user: str | None = None
    entrypoint: list[str] = Field(default_factory=list)
    command: list[str] = Field(default_factory=list)
    environment: dict[str, str] = Field(default_factory=dict)
    secrets: list[Name] = Field(default_factory=list)
    volumes: list[Mount] = Field(default_factory=list)
    tmpfs: list[str] = Field(default_factory=list)
    networks: list[Name] | dict[Name, Place]
    ports: list[Port] = Field(default_factory=list)
    expose: list[str] = Field(default_factory=list)
    depends_on: dict[Name, Condition] = Field(default_factory=dict)
    healthcheck: Health | None = None
    read_only: bool = False
    cap_drop: list[str] = Field(default_factory=list)
    cap_add: list[str] = Field(default_factory=list)
    security_opt: list[str] = Field(default_factory=list)
    restart: Literal["no", "unless-stopped"] | None = None
    pids_limit: int | None = None
    logging: Logging | None = None
    shm_size: str | None = None
    stop_signal: str | None = None
    stop_grace_period: Duration | None = None


class Subnet(Strict):
    subnet: str
    ip_range: str


class Addresses(Strict):
    config: list[Subnet]


class Network(Strict):
    internal: bool = False
    ipam: Addresses | None = None


class Secret(Strict):
    file: str


class Nothing(Strict):
    pass


class Compose(Strict):
    name: Name
    services: dict[Name, Service]
    networks: dict[Name, Network]
    volumes: dict[Name, Nothing]
    secrets: dict[Name, Secret]
