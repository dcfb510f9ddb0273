"""Organisations over REST."""

from typing import Any

from rest_framework import serializers

from crm.api.fields import Id, Related, Text, Time


class ParentAnswer(serializers.Serializer[Any]):
    """The organisation above another."""

    id = Id()
    name = Text()


class OrganizationAnswer(serializers.Serializer[Any]):
    """An organisation."""

    id = Id()
    name = Text(max_length=200)
    parent = Related(ParentAnswer)
    domain = Text(max_length=253)
    website = Text(max_length=500)
    industry = Text(max_length=200)
    country = Text(max_length=200)
    city = Text(max_length=200)
    custom = serializers.DictField()
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()
