"""The texts: twelve issues, one year."""

from ..newsletter import Issue
from .autumn import AUTUMN
from .spring import SPRING
from .summer import SUMMER
from .winter import WINTER

ISSUES: tuple[Issue, ...] = (*WINTER, *SPRING, *SUMMER, *AUTUMN)
