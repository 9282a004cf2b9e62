"""What every change of a plan has, and the words it is made of."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Share: TypeAlias = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Seconds: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Ground: TypeAlias = Annotated[
    str, Field(min_length=1, description="A code of the case's rules, or personal-privacy")
]


class Change(BaseModel):
    """`plan_version` is the version that the person looked at; another one refuses the change."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    plan_version: int
